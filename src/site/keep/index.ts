export { limitInWords, SHOW_ANYWAY, WOULD_BE_LOST } from '../../words/en/keep';
export { openKeep, type Conflict, type Keep, type KeepOptions, type WriteOutcome } from './keep';
export { encodeLink, type LinkMoment, type LinkState } from './link';
export { openWork } from './opened';
export { progress } from './progress';
export { type Answer, type Bet, type BetValue, nothingSaved, type Saved } from './saved';
