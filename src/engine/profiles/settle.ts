import { TidemarkError } from '../../model';
import { type StreamOptions } from '../stream/options';
import { POLICIES } from './index';

/**
 * The options with the profile's defaults filled in. Throws a TidemarkError where they ask for something that the
 * profile's system does not have.
 */
export function settle(options: StreamOptions): StreamOptions {
  // A batch job reads complete input, so no policy of a stream applies.
  if (options.job) return options;
  const { refusals, defaults } = POLICIES[options.profile];
  for (const { found, ...facts } of refusals) {
    const asked = found(options);
    if (asked !== null) refuse(options, { ...facts, found: asked });
  }
  checkPanes(options);
  return {
    ...options,
    trigger: options.trigger ?? defaults.trigger,
    accumulation: options.accumulation ?? defaults.accumulation,
    watermark: options.watermark ?? defaults.watermark,
  };
}

function checkPanes(options: StreamOptions): void {
  const { evictor, outputTimestamp: time, onTime, closing } = options;
  const { evictors, outputTimestamp, emptyPane } = POLICIES[options.profile];
  if (evictor && !evictors.is) {
    const found = `keep ${evictor.keep}`;
    refuse(options, {
      what: 'has no evictors',
      expected: `nothing (${evictors.rule})`,
      found,
      hint: 'Take the flink profile.',
    });
  }
  const hint = 'Leave it out, or take the beam profile.';
  if (time !== 'end-of-window' && !outputTimestamp.is) {
    const expected = `nothing (${outputTimestamp.rule})`;
    refuse(options, { what: 'gives results a time of its own', expected, found: time, hint });
  }
  if ((onTime !== 'fire-always' || closing !== 'fire-if-non-empty') && !emptyPane.is) {
    const expected = `nothing (${emptyPane.rule})`;
    refuse(options, { what: 'has no empty panes', expected, found: `${onTime}, ${closing}`, hint });
  }
}

function refuse(
  { profile }: StreamOptions,
  facts: { what: string; expected: string; found: string; hint: string },
): never {
  const { system } = POLICIES[profile];
  throw new TidemarkError({ ...facts, what: `${system} ${facts.what}`, where: `profile ${profile}` });
}
