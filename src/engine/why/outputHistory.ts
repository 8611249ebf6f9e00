import { makeBatch, reserveBatch, withRoom, type ColumnBatch } from '../../model';
import { type Pieces } from '../pieces';
import { driven } from '../run/driven';
import { ACTION } from '../run/inputLog';
import { openRun } from '../run/openRun';
import { copyRows } from '../stream/rows';
import { type Upstream } from '../run/graph';
import { type Subject } from './subject';

/** Every row that each operator and topic of a run has given, up to an input; `from[row]` is the input that it left with. */
export interface OutputHistory {
  /** The rows of an input, in order, from an operator or a topic. */
  rowsOf(port: Upstream): { rows: ColumnBatch; from: Int32Array };
}

/** Runs the plan again without a trace, one input at a time, and records what every topic and operator gives. */
export function* outputHistoryOf({ run, options }: Subject, until: number): Pieces<OutputHistory> {
  const { inputs, setup } = run.engine;
  const again = openRun({ ...setup, options: { ...options, rangeRows: 1, results: undefined } });
  const keep = (port: Upstream) => ({
    port,
    rows: makeBatch(again.rangeOf(port).batch.schema, 64),
    from: new Int32Array(64),
  });
  const topics = inputs.topics.map((_, topic) => keep({ nodeIndex: -1, topic }));
  const operators = again.operators.map((_, nodeIndex) => keep({ nodeIndex, topic: -1 }));
  for (let input = 0; input <= until; input += 1) {
    yield* driven(again, input + 1);
    yield;
    // An action puts nothing through the operators.
    if (inputs.kind(input) === ACTION) continue;
    for (const one of [...topics, ...operators]) {
      const { batch, from, to } = again.rangeOf(one.port);
      if (from === to) continue;
      const at = one.rows.length;
      const end = at + to - from;
      reserveBatch(one.rows, end);
      copyRows(batch, from, to, one.rows);
      one.from = withRoom(one.from, end).fill(input, at, end);
    }
  }
  return { rowsOf: ({ nodeIndex, topic }) => (nodeIndex < 0 ? topics[topic] : operators[nodeIndex]) };
}
