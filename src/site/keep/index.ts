export { limitInWords, TAKE_OWN } from '../../words/en/keep';
export { openKeep, progress, type Conflict, type Keep, type KeepOptions, type WriteOutcome } from './keep';
export { followLink, linkNotice } from './followed';
export { encodeLink, type LinkMoment, type LinkState } from './link';
export { type Answer, type Bet, type BetValue, nothingSaved, type Saved } from './saved';
