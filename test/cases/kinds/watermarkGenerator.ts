import { bounded } from '../../../src/engine/watermarks/generators';
import { Watermarks } from '../../../src/engine/watermarks/watermarks';
import { number, words } from '../../../src/cases/fields';
import { numberOf, type Kind } from '../../../src/cases/kind';

/** The watermark of one source, after each element. */
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
      handle({ ts }, index) {
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
