import { explainCalls, explainFrame } from '../../../sql/explain';
import { frameText } from '../../frames/bounds';
import { asInputs, atOwnTime, type KindFamily } from '../kind';

export const kinds = {
  over: {
    explain({ aggregates, partitionBy, frame }, options) {
      const text = `${explainCalls(aggregates, partitionBy)} ${explainFrame(frame)}`;
      if (!options) return text;
      // SQL says every frame is closed.
      const asWritten = options.edge === 'closed' || frame.unit === 'rows';
      const edges = asWritten ? '' : `, ${frameText(frame, options.edge)}`;
      return `${text}${edges}${options.lookup ? ', at each request' : ''}`;
    },
    keys: ({ partitionBy }) => [partitionBy],
    resultKey: ({ partitionBy }) => partitionBy,
    changelog: asInputs,
    keyed: 'as inputs',
    retractions: 'recompute',
    // Requests are answered once, from the rows as they have arrived.
    recompute: (_, { lookup }) => (lookup ? null : { identity: 'row', due: atOwnTime }),
    options: () => ['lateRule'],
  },
} satisfies KindFamily;
