import { BIGINT, DOUBLE, field, MONEY, STRING, TIMESTAMP } from '../../src/model';
import { type Catalog } from '../../src/sql';
import { catalog as base } from './catalog';

const at = { op: 'column', index: 2, name: 'ts', type: TIMESTAMP } as const;

/** Beside the streams of `catalog`: refunds of payments, and exchange rates that are versioned by city. */
export const catalog: Catalog = {
  ...base,
  refunds: {
    node: 'scan',
    table: 'refunds',
    schema: [
      field('id', BIGINT),
      field('payment', BIGINT),
      field('amount', MONEY),
      field('city', STRING, true),
      field('ts', TIMESTAMP),
    ],
    timeColumn: 4,
    watermark: null,
    primaryKey: [],
    options: {},
  },
  rates: {
    node: 'scan',
    table: 'rates',
    schema: [field('city', STRING), field('rate', DOUBLE), field('ts', TIMESTAMP)],
    timeColumn: 2,
    watermark: at,
    primaryKey: [0],
    options: {},
  },
};
