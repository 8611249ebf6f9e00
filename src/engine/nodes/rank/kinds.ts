import { explainExpression } from '../../../sql/explain';
import { type Expression } from '../../../sql/plan';
import { always, asInputs, immediately, type KindFamily } from '../kind';

const per = (keys: Expression[]): string => (keys.length ? ` per ${keys.map(explainExpression).join(', ')}` : '');

export const kinds = {
  deduplicate: {
    explain: ({ keep, keys }) => `${keep} row${per(keys)}`,
    keys: ({ keys }) => [keys],
    changes: always,
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
    changes: always,
    retractions: 'incremental',
    recompute: () => ({ identity: 'row', due: immediately }),
    options: (_, __, isLast) => (isLast ? ['upsert'] : []),
  },
  limit: {
    explain: ({ count }) => `first ${count}`,
    // All rows are counted together.
    keys: () => [[]],
    changes: asInputs,
    retractions: 'recompute',
  },
} satisfies KindFamily;
