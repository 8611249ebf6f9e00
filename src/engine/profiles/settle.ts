import { TidemarkError } from '../../model';
import { type StreamOptions } from '../stream/options';
import { POLICIES, type Policies } from './index';
import { type Refusal } from './policy';

/**
 * The options with the profile's defaults filled in. Throws a TidemarkError where they ask for something that the
 * profile's system does not have.
 */
export function settle(options: StreamOptions): StreamOptions {
  // A batch job reads complete input, so no policy of a stream applies.
  if (options.job) return options;
  const { profile } = options;
  const policies = POLICIES[profile];
  for (const { found: asked, what, ...facts } of [...policies.refusals, ...refusalsOf(policies)]) {
    const found = asked(options);
    if (found === null) continue;
    throw new TidemarkError({ ...facts, what: `${policies.system} ${what}`, where: `profile ${profile}`, found });
  }
  const { defaults } = policies;
  return {
    ...options,
    trigger: options.trigger ?? defaults.trigger,
    accumulation: options.accumulation ?? defaults.accumulation,
    watermark: options.watermark ?? defaults.watermark,
  };
}

const TAKE_BEAM = 'Leave it out, or take the beam profile.';

/** What follows from a system's policies on panes. */
const refusalsOf = ({ evictors, outputTimestamp, emptyPane }: Policies): Refusal[] => [
  {
    found: ({ evictor }) => (evictor && !evictors.is ? `keep ${evictor.keep}` : null),
    what: 'has no evictors',
    expected: `nothing (${evictors.rule})`,
    hint: 'Take the flink profile.',
  },
  {
    found: ({ outputTimestamp: time }) => (time !== 'end-of-window' && !outputTimestamp.is ? time : null),
    what: 'gives results a time of its own',
    expected: `nothing (${outputTimestamp.rule})`,
    hint: TAKE_BEAM,
  },
  {
    found: ({ onTime, closing }) => {
      const isUsual = onTime === 'fire-always' && closing === 'fire-if-non-empty';
      return isUsual || emptyPane.is ? null : `${onTime}, ${closing}`;
    },
    what: 'has no empty panes',
    expected: `nothing (${emptyPane.rule})`,
    hint: TAKE_BEAM,
  },
];
