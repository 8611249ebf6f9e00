import { explainExpression, titleName } from '../../../sql/explain';
import { asInputs, never, type KindFamily } from '../kind';

export const kinds = {
  scan: { explain: ({ table }) => table, changes: never, retractions: 'pass' },
  filter: { explain: ({ predicate }) => explainExpression(predicate), changes: asInputs, retractions: 'pass' },
  project: {
    explain: ({ expressions, schema }) =>
      expressions
        .map((one, i) => {
          const text = explainExpression(one);
          const name = titleName(schema[i].name);
          return text === name ? text : `${text} AS ${name}`;
        })
        .join(', '),
    changes: asInputs,
    retractions: 'pass',
  },
  'union all': { explain: () => '', changes: asInputs, retractions: 'pass' },
} satisfies KindFamily;
