import { explainCalls, explainFrame } from '../../../sql/explain';
import { asInputs, atOwnTime, type KindFamily } from '../kind';

export const kinds = {
  over: {
    explain: ({ aggregates, partitionBy, frame }) => `${explainCalls(aggregates, partitionBy)} ${explainFrame(frame)}`,
    keys: ({ partitionBy }) => [partitionBy],
    resultKey: ({ partitionBy }) => partitionBy,
    changelog: asInputs,
    retractions: 'recompute',
    // Requests are answered once, from the rows as they have arrived.
    recompute: (_, { lookup }) => (lookup ? null : { identity: 'row', due: atOwnTime }),
    options: () => ['lateRule'],
  },
} satisfies KindFamily;
