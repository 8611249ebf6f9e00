import { adds, readValue, type Column, type ColumnBatch } from '../../../model';
import { type Expression, type TopN } from '../../../sql/plan';
import { compile } from '../../expression';
import { comparerOf, inTurn } from '../../ordering';
import { identityOf } from '../../stream/rows';
import {
  final,
  followSame,
  followValues,
  hasValues,
  isSameRow,
  unchanged,
  type ExplanationFamily,
} from '../explanation';

export const why = {
  deduplicate: {
    contributors: (_, trail) => followValues(trail, 0, 0),
    isMadeFrom: (_, result, row) => hasValues(row, result),
    absent: ({ keep }) => final({ is: 'outdone', rule: 'S13.4', keep }),
  },
  'top n': {
    contributors: (_, trail) => followValues(trail, 0, 0),
    isMadeFrom: (_, result, row) => hasValues(row, result),
    absent: (node, { rows, row }) =>
      final({ is: 'outdone', rule: 'S14.5', limit: node.limit, rank: rankOf(node, rows, row) }),
  },
  normalize: {
    contributors: (_, trail) => followValues(trail, 0, 0),
    isMadeFrom: (_, result, row) => hasValues(row, result),
    absent: unchanged,
  },
  limit: {
    contributors: (_, trail) => followSame(trail, 0, (row) => isSameRow(row, trail)),
    isMadeFrom: (_, result, row) => isSameRow(result, row),
    absent: unchanged,
  },
} satisfies ExplanationFamily;

/** The place of a row among those of its partition that have come and not been taken back, from 1 (S19 breaks ties). */
function rankOf({ partitionBy, orderBy }: TopN, rows: ColumnBatch, row: number): number {
  const live = new Map<string, number>();
  for (let at = 0; at < rows.length; at += 1) {
    const id = identityOf(rows, at);
    if (adds(rows.kind[at])) live.set(id, at);
    else live.delete(id);
  }
  const all = (one: Expression): Column => compile(one, rows.schema)(rows, 0, rows.length);
  const parts = partitionBy.map(all);
  const orders = orderBy.map(({ expression, descending }) => comparerOf(all(expression), descending));
  const compare = inTurn([...orders, (a, b) => rows.time[a] - rows.time[b] || a - b]);
  const mine = [...live.values()].filter(
    (at) =>
      at !== row && parts.every((column) => readValue(column, at) === readValue(column, row)) && compare(at, row) < 0,
  );
  return mine.length + 1;
}
