import { final, followSame, isSameRow, unchanged, type ExplanationFamily, type RowAt } from '../explanation';

export const why = {
  scan: { contributors() {}, isMadeFrom: () => false, absent: unchanged },
  filter: {
    contributors: (_, trail) => followSame(trail, 0, (row) => isSameRow(row, trail)),
    isMadeFrom: (_, result, row) => result.input === row.input && isSameRow(result, row),
    absent: () => final({ is: 'filtered', rule: null }),
  },
  project: {
    contributors: (_, trail) => followSame(trail, 0, (row) => isSameRow(row, trail)),
    isMadeFrom: (_, result, row) => result.input === row.input && isSameRow(result, row),
    absent: unchanged,
  },
  'union all': {
    // Its `id0` is that of the input × inputs + side.
    contributors(_, trail) {
      const { inputs, rows, row } = trail;
      const side = ((rows.id0[row] % inputs) + inputs) % inputs;
      followSame(trail, side, (above) => isUnited(above, trail, side, inputs));
    },
    isMadeFrom: ({ inputs }, result, row, side) =>
      result.input === row.input && isUnited(row, result, side, inputs.length),
    absent: unchanged,
  },
} satisfies ExplanationFamily;

const isUnited = (of: RowAt, result: RowAt, side: number, inputs: number): boolean =>
  of.rows.id0[of.row] * inputs + side === result.rows.id0[result.row] &&
  of.rows.id1[of.row] === result.rows.id1[result.row] &&
  of.rows.id2[of.row] === result.rows.id2[result.row];
