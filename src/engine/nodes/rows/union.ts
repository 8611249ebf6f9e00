import { makeBatch, MAX_TIME, reserveBatch, type ColumnBatch } from '../../../model';
import { CodeMemo, mapCodes } from '../../../model/codeMemo';
import { type UnionAll } from '../../../sql/plan';
import { type Operator } from '../../stream/operator';
import { copyRows } from '../../stream/rows';

/**
 * All rows of all inputs, as they come. Rows keep their identity, made unique over the inputs: `id0` becomes
 * `id0 × inputs + port`, so that a row that takes another back still finds it.
 */
export function union(plan: UnionAll): Operator {
  const out = makeBatch(plan.schema);
  const inputs = plan.inputs.length;
  const memos = out.columns.map(({ dictionary }) => new CodeMemo((text) => dictionary!.code(text)));
  return {
    name: 'union',
    out,
    state: null,
    process(batch, from, to, port) {
      const at = out.length;
      reserveBatch(out, at + to - from);
      // `copyRows` would make the result share one input's dictionary.
      copyRows(asOwn(batch, out), from, to, out);
      out.columns.forEach((column, i) => {
        const { dictionary } = batch.columns[i];
        if (dictionary) mapCodes(memos[i], { ...column, dictionary }, column.data, at, out.length);
      });
      for (let row = at; row < out.length; row += 1) out.id0[row] = out.id0[row] * inputs + port;
    },
    advance() {},
    due: () => MAX_TIME,
  };
}

const asOwn = (batch: ColumnBatch, out: ColumnBatch): ColumnBatch => ({
  ...batch,
  columns: batch.columns.map((column, i) => ({ ...column, dictionary: out.columns[i].dictionary })),
});
