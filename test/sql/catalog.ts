import { BIGINT, BOOLEAN, DATE, DOUBLE, field, INT, MONEY, STRING, TIMESTAMP } from '../../src/model';
import { type Catalog } from '../../src/sql';

/** One stream with a column of every type, and one table without event time. */
export const catalog: Catalog = {
  payments: {
    node: 'scan',
    table: 'payments',
    schema: [
      field('id', BIGINT),
      field('card', INT),
      field('amount', MONEY),
      field('city', STRING, true),
      field('score', DOUBLE, true),
      field('online', BOOLEAN),
      field('day', DATE),
      field('ts', TIMESTAMP),
    ],
    timeColumn: 7,
    watermark: null,
    primaryKey: [],
    options: {},
  },
  cards: {
    node: 'scan',
    table: 'cards',
    schema: [field('card', INT), field('holder', STRING)],
    timeColumn: -1,
    watermark: null,
    primaryKey: [],
    options: {},
  },
};
