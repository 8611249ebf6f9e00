import { makeBatch, MAX_TIME, reserveBatch, withRoom, type Column, type ColumnBatch } from '../../../model';
import { type UnionAll } from '../../../sql/plan';
import { explainNode } from '..';
import { type Operator } from '../../stream/operator';
import { copyRows } from '../../stream/rows';

/**
 * All rows of all inputs, as they come. Rows keep their identity, made unique over the inputs: `id0` becomes
 * `id0 × inputs + port`, so that a row that takes another back still finds it.
 */
export function union(plan: UnionAll): Operator {
  const out = makeBatch(plan.schema);
  const inputs = plan.inputs.length;
  const writers = plan.inputs.map(() => out.columns.map((column) => new Codes(column)));
  return {
    name: 'union',
    title: explainNode(plan),
    out,
    state: null,
    process(batch, from, to, port) {
      const at = out.length;
      reserveBatch(out, at + to - from);
      // `copyRows` would make the result share one input's dictionary.
      copyRows(asOwn(batch, out), from, to, out);
      out.columns.forEach((column, i) => {
        if (column.dictionary) writers[port][i].write(batch.columns[i], from, to, at);
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

/** Codes of one input's strings in the dictionary of the result. */
class Codes {
  private codes = new Int32Array(0);

  constructor(private readonly to: Column) {}

  write({ data, dictionary, valid }: Column, from: number, to: number, at: number): void {
    const { strings } = dictionary!;
    this.codes = withRoom(this.codes, strings.length, -1);
    for (let row = from; row < to; row += 1) {
      if (valid && valid[row] === 0) continue;
      const code = data[row];
      if (this.codes[code] < 0) this.codes[code] = this.to.dictionary!.code(strings[code]);
      this.to.data[at + row - from] = this.codes[code];
    }
  }
}
