import { bounded, Watermarks } from '../../parts';
import { number, words } from '../fields';
import { numberOf, type Kind } from '../kind';

/** The watermark of one source, as it stands behind each element. */
export const watermarkGenerator: Kind = {
  kind: 'watermark-generator',
  profiles: ['flink'],
  compares: ['object', 'ordered'],
  config: { strategy: words('bounded-out-of-orderness'), delay: number },
  events: ['ts'],
  expected: ['after', 'watermark'],
  facts: ['watermark'],
  start({ config }) {
    const watermarks = boundedWatermarks(1, 1, config.number('delay'));
    return {
      feed({ ts }, index) {
        watermarks.see(0, numberOf(ts), index, index);
        return [];
      },
      facts: () => ({ watermark: watermarks.current }),
    };
  },
};

/** Bounded out-of-orderness over partitions, for each (`outputs` = `partitions`) or for all as one. */
export function boundedWatermarks(partitions: number, outputs: number, delay: number): Watermarks {
  return new Watermarks({
    partitions,
    make: (wait) => Array.from({ length: outputs }, () => bounded(wait)),
    isBounded: true,
    wait: delay,
    emitEvery: 0,
    idle: null,
    begin: 0,
    clock: (input) => input,
  });
}
