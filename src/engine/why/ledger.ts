import { makeBatch, reserveBatch, type ColumnBatch } from '../../model';
import { ACTION } from '../stream/feed';
import { LocalRun } from '../stream/local';
import { copyRows } from '../stream/rows';
import { type Port } from '../stream/build';
import { type Subject } from './subject';

/** Every row that each wire of a run has put out, up to an input; `from[row]` is the input that it left with. */
export interface Ledger {
  /** What came in on a port, in order, wherever it comes from. */
  rowsOf(port: Port): { rows: ColumnBatch; from: Int32Array };
}

/** Runs the plan again without a trace, one input at a time, and writes down what leaves every operator. */
export function ledgerOf({ run, plan, options }: Subject, until: number): Ledger {
  const { feed } = run.engine;
  const again = new LocalRun(plan, feed, { ...options, rangeRows: 1, results: undefined }, null);
  const { wires } = again.wiring;
  const kept = wires.map(({ operator }) => ({ rows: makeBatch(operator.out.schema, 64), from: new Int32Array(64) }));
  for (let input = 0; input <= until; input += 1) {
    again.advance(() => true, input + 1);
    // An action puts nothing through the operators.
    if (feed.kind[input] === ACTION) continue;
    wires.forEach(({ operator }, i) => {
      const { out, begin = 0 } = operator;
      const count = out.length - begin;
      if (count <= 0) return;
      const one = kept[i];
      const at = one.rows.length;
      reserveBatch(one.rows, at + count);
      copyRows(out, begin, out.length, one.rows);
      if (one.from.length < at + count) {
        const grown = new Int32Array((at + count) * 2);
        grown.set(one.from);
        one.from = grown;
      }
      one.from.fill(input, at, at + count);
    });
  }
  return {
    rowsOf({ wire, topic }) {
      if (wire >= 0) return kept[wire];
      const { batch } = feed.topics[topic];
      let length = 0;
      while (length < batch.length && batch.input[length] <= until) length += 1;
      return { rows: { ...batch, length }, from: batch.input };
    },
  };
}
