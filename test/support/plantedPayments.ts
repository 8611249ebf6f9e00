import { type StreamSpec } from '../../src/data/scenario';

/** A stream `payments` of planted events alone, as they are planted: none is delayed, repeated or dropped. */
export const plantedPayments = (planted: StreamSpec['planted'], other: Partial<StreamSpec> = {}): StreamSpec => ({
  table: null,
  declared: {
    card: { name: 'INT' },
    amount: { name: 'DECIMAL', precision: 10, scale: 2 },
    ts: { name: 'TIMESTAMP' },
  },
  columns: [],
  time: 'ts',
  key: 'card',
  partitions: 1,
  from: null,
  until: null,
  only: {},
  fraud: true,
  limit: 0,
  delay: { model: 'none' },
  rate: 0,
  burst: null,
  duplicates: 0,
  dropped: 0,
  planted,
  watermarks: {},
  ...other,
});
