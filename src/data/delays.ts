import { type Duration, hours, minutes, seconds } from '../model';
import { logUniform } from '../sim/distributions';
import { type Random } from '../sim/random';
import { type DelaySpec } from './scenario';

/** Bands of the realistic delay (`DATA.md` §2.3, point 6): the share of events up to and with this band, and its ends. */
const BANDS = [
  { upTo: 0.95, low: 20, high: seconds(2) },
  { upTo: 0.99, low: seconds(2), high: seconds(60) },
  { upTo: 0.999, low: minutes(1), high: minutes(10) },
  { upTo: 1, low: minutes(10), high: hours(6) },
];

/** How long an event takes from its source to the log, in whole ms. */
export function drawDelay(delay: DelaySpec, random: Random): Duration {
  switch (delay.model) {
    case 'none':
      return 0;
    case 'fixed':
      return delay.delay;
    case 'uniform':
      return delay.least + Math.floor(random.float() * (delay.most - delay.least + 1));
    case 'realistic': {
      const drawn = random.float();
      const { low, high } = BANDS.find(({ upTo }) => drawn < upTo)!;
      return Math.floor(logUniform(random, low, high));
    }
  }
}
