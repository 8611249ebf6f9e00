import { explainExpression, titleName } from '../../../sql/explain';
import { alone, asInputs, never, type KindFamily } from '../kind';

export const kinds = {
  scan: { explain: ({ table }) => table, keys: alone, changes: never, retractions: 'pass' },
  filter: {
    explain: ({ predicate }) => explainExpression(predicate),
    keys: alone,
    column: ({ schema }, index) => ({ op: 'column', index, ...schema[index] }),
    changes: asInputs,
    retractions: 'pass',
  },
  project: {
    explain: ({ expressions, schema }) =>
      expressions
        .map((one, i) => {
          const text = explainExpression(one);
          const name = titleName(schema[i].name);
          return text === name ? text : `${text} AS ${name}`;
        })
        .join(', '),
    keys: alone,
    column: ({ expressions }, index) => expressions[index],
    changes: asInputs,
    retractions: 'pass',
  },
  'union all': { explain: () => '', keys: alone, changes: asInputs, retractions: 'pass' },
} satisfies KindFamily;
