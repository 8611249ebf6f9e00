import { BIGINT, DOUBLE, field, MONEY, STRING, TIMESTAMP } from '../../src/model';
import { type Catalog, plan, type Plan } from '../../src/sql';
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

export const query = (text: string, from: Catalog = catalog): Plan => plan(text, from).query;

/** What the SELECT list reads from. */
export const under = (text: string): Plan => {
  const bound = query(text);
  if (bound.node !== 'project') throw new Error(bound.node);
  return bound.input;
};

/** Names of the columns, ? where they can be null, ! behind the event time. */
export const columns = ({ schema, timeColumn }: Plan): string =>
  schema.map(({ name, nullable }, i) => name + (nullable ? '?' : '') + (i === timeColumn ? '!' : '')).join(' ');

export const MINUTE = 60_000;
export const tumble = (table: string): string => `TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '5' MINUTE))`;
