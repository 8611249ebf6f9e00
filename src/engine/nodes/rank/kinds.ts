import { isNull, type Table } from '../../../model';
import { explainExpression } from '../../../sql/explain';
import { type Expression, type Normalize } from '../../../sql/plan';
import { asInputs, byKey, immediately, type KindFamily } from '../kind';

const per = (keys: Expression[]): string => (keys.length ? ` per ${keys.map(explainExpression).join(', ')}` : '');

export const kinds = {
  deduplicate: {
    explain: ({ keep, keys }) => `${keep} row${per(keys)}`,
    keys: ({ keys }) => [keys],
    resultKey: ({ keys }) => keys,
    changelog: byKey,
    keyed: true,
    retractions: 'recompute',
    recompute: () => ({ identity: 'key', due: immediately }),
    options: (_, __, isLast) => (isLast ? ['upsert'] : []),
  },
  'top n': {
    explain({ orderBy, partitionBy, limit }) {
      const order = orderBy.map((one) => `${explainExpression(one.expression)}${one.descending ? ' DESC' : ''}`);
      return `first ${limit} by ${order.join(', ')}${per(partitionBy)}`;
    },
    keys: ({ partitionBy }) => [partitionBy],
    resultKey: ({ partitionBy }) => partitionBy,
    changelog: byKey,
    keyed: true,
    retractions: 'incremental',
    recompute: () => ({ identity: 'row', due: immediately }),
    options: (_, __, isLast) => (isLast ? ['upsert'] : []),
  },
  normalize: {
    explain: ({ keys }) => `last row as it arrived${per(keys)}`,
    keys: ({ keys }) => [keys],
    resultKey: ({ keys }) => keys,
    changelog: byKey,
    keyed: true,
    retractions: 'incremental',
    options: (_, __, isLast) => (isLast ? ['upsert'] : []),
  },
  limit: {
    explain: ({ count }) => `first ${count}`,
    // All rows are counted together.
    keys: () => [[]],
    changelog: asInputs,
    keyed: 'as inputs',
    retractions: 'recompute',
  },
} satisfies KindFamily;

/** Whether a row of an upsert stream deletes its key: besides that and its time it has no values (S13.6). */
export function tombstonesOf({ keys, schema, timeColumn }: Normalize): (rows: Table, row: number) => boolean {
  const given = new Set([timeColumn, ...keys.flatMap((key) => (key.op === 'column' ? [key.index] : []))]);
  const values = schema.map((_, i) => i).filter((i) => !given.has(i));
  return ({ columns }, row) => values.length > 0 && values.every((i) => isNull(columns[i], row));
}
