import { TidemarkError } from '../../../model';
import { changelogOptions } from '../../stream/changes';
import { type StreamFamily } from '../kind';
import { RowPerKeyOperator } from './rowPerKey';
import { TopNOperator } from './topN';

export const stream = {
  deduplicate: (node, options, context, mode) => new RowPerKeyOperator(node, changelogOptions(mode, options), context),
  'top n': (node, options, context, mode) => new TopNOperator(node, changelogOptions(mode, options), context),
  normalize: (node, options, context, mode) => new RowPerKeyOperator(node, changelogOptions(mode, options), context),
  limit() {
    throw new TidemarkError({
      what: 'a stream has no order in which it could be cut off',
      expected: 'ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) AS rn in a subquery, and WHERE rn <= n',
      found: 'LIMIT',
      hint: 'Rank the rows, or run the cell as a batch.',
    });
  },
} satisfies StreamFamily;
