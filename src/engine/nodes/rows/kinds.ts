import { explainExpression, titleName } from '../../../sql/explain';
import { alone, appends, asInputs, type KindFamily } from '../kind';

export const kinds = {
  scan: { explain: ({ table }) => table, keys: alone, changelog: appends, keyed: false, retractions: 'pass' },
  filter: {
    explain: ({ predicate }) => explainExpression(predicate),
    keys: alone,
    column: ({ schema }, index) => ({ op: 'column', index, ...schema[index] }),
    changelog: asInputs,
    keyed: 'as inputs',
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
    changelog: asInputs,
    keyed: 'as inputs',
    retractions: 'pass',
  },
  'union all': { explain: () => '', keys: alone, changelog: asInputs, keyed: 'as inputs', retractions: 'pass' },
} satisfies KindFamily;
