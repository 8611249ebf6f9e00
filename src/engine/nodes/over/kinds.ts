import { explainCalls, explainFrame } from '../../../sql/explain';
import { never, type KindFamily } from '../kind';

export const kinds = {
  over: {
    explain: ({ aggregates, partitionBy, frame }) => `${explainCalls(aggregates, partitionBy)} ${explainFrame(frame)}`,
    changes: never,
    retractions: 'refused',
    options: () => ['lateRule'],
  },
} satisfies KindFamily;
