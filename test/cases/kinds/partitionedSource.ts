import { flag, number, numbers } from '../../../src/cases/fields';
import { CaseFault, numberOf, type Kind } from '../../../src/cases/kind';
import { boundedWatermarks } from './watermarkGenerator';

/** The watermark of a source that reads partitions: one guess for each, or one for all together. */
export const partitionedSource: Kind = {
  kind: 'partitioned-source',
  profiles: ['flink'],
  compares: ['ordered'],
  config: { partitions: numbers, delay: number, perPartition: flag },
  events: ['arrives partition ts'],
  expected: ['after', 'watermark'],
  facts: ['watermark'],
  start({ config }) {
    const partitions = config.list('partitions').map(numberOf);
    const outputs = config.flag('perPartition', true) ? partitions.length : 1;
    const watermarks = boundedWatermarks(partitions.length, outputs, config.number('delay'));
    return {
      handle({ partition, ts }, index) {
        const place = partitions.indexOf(numberOf(partition));
        if (place < 0) throw new CaseFault(`partition ${numberOf(partition)} is not one of config.partitions`);
        watermarks.see(place, numberOf(ts), index, index);
        return [];
      },
      facts: () => ({ watermark: watermarks.current }),
    };
  },
};
