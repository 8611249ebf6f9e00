import { makeBatch, reserveBatch, type ColumnBatch } from '../../model';
import { eventsRead } from '../run/eventsRead';
import { ACTION } from '../run/inputLog';
import { emittedBy } from '../run/runOperator';
import { openRun } from '../run/openRun';
import { copyRows } from '../stream/rows';
import { type Upstream } from '../run/graph';
import { type Subject } from './subject';

/** Every row that each operator of a run has emitted, up to an input; `from[row]` is the input that it left with. */
export interface OutputHistory {
  /** The rows of an input, in order, from an operator or a topic. */
  rowsOf(port: Upstream): { rows: ColumnBatch; from: Int32Array };
}

/** Runs the plan again without a trace, one input at a time, and records what every operator emits. */
export function outputHistoryOf({ run, options }: Subject, until: number): OutputHistory {
  const { inputs } = run.engine;
  const again = openRun({ ...run.engine.setup, options: { ...options, rangeRows: 1, results: undefined } });
  const { operators } = again;
  const kept = operators.map(({ operator }) => ({
    rows: makeBatch(operator.out.schema, 64),
    from: new Int32Array(64),
  }));
  for (let input = 0; input <= until; input += 1) {
    again.advance(() => true, input + 1);
    // An action puts nothing through the operators.
    if (inputs.kind(input) === ACTION) continue;
    operators.forEach((operator, i) => {
      const { batch, from, to } = emittedBy(operator);
      const count = to - from;
      if (count <= 0) return;
      const one = kept[i];
      const at = one.rows.length;
      reserveBatch(one.rows, at + count);
      copyRows(batch, from, to, one.rows);
      if (one.from.length < at + count) {
        const grown = new Int32Array((at + count) * 2);
        grown.set(one.from);
        one.from = grown;
      }
      one.from.fill(input, at, at + count);
    });
  }
  return {
    rowsOf({ nodeIndex, topic }) {
      if (nodeIndex >= 0) return kept[nodeIndex];
      const rows = eventsRead(inputs, topic, until);
      return { rows, from: rows.input };
    },
  };
}
