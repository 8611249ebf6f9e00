import { adds, TidemarkError } from '../../model';
import { type Plan } from '../../sql/plan';
import { type AbsentRow } from '../nodes/explanation';
import { explanationOf } from '../nodes/why';
import { type Upstream } from '../run/graph';
import { type OutputHistory } from './outputHistory';
import { droppedBy, type Subject } from './subject';

/** An event of a stream: its place in the log. */
export interface EventQuestion {
  /** null: the first stream that the run reads. */
  stream: string | null;
  partition: number;
  offset: number;
}

/** A row on an input of an operator that the operator has not emitted. */
export interface UnemittedRow extends AbsentRow {
  nodeIndex: number;
  node: Plan;
}

/** The event's topic, its place among the rows that were read of it, and its input. Throws a TidemarkError for an event that the run does not read. */
export function placeOf({ run }: Subject, { stream, partition, offset }: EventQuestion) {
  const { inputs, sources } = run.engine;
  const topic = stream === null ? sources.list[0].place : inputs.topics.findIndex(({ name }) => name === stream);
  const found = topic < 0 ? null : inputs.find(topic, partition, offset);
  if (found) return { topic, ...found };
  throw new TidemarkError({
    what: 'the run does not read this event',
    where: 'why not',
    expected: inputs.topics.map(({ name }) => name).join(', '),
    found: `${stream ?? 'the first stream'}, partition ${partition}, offset ${offset}`,
  });
}

/** Follows a row from operator to operator, as far as it has got by an input. */
export class Following {
  constructor(
    private readonly subject: Subject,
    readonly outputs: OutputHistory,
  ) {}

  /** Where a row got stuck; null where it is in the result. A windowed aggregate is the end of the way. */
  unemitted(port: Upstream, row: number): UnemittedRow | null {
    const { operators } = this.subject.run.engine;
    let first: UnemittedRow | null = null;
    let readers = 0;
    for (const [nodeIndex, { node, operator }] of operators.entries()) {
      for (const [side, one] of node.inputs.entries()) {
        if (one.nodeIndex !== port.nodeIndex || (one.nodeIndex < 0 && one.topic !== port.topic)) continue;
        readers += 1;
        const { rows, from } = this.outputs.rowsOf(port);
        const input = from[row];
        const here = { nodeIndex, side, row, node: node.plan, rows, input, refused: this.isRefused(nodeIndex, input) };
        const next = operator.windows ? [] : this.emittedFor(here);
        let found: UnemittedRow | null = here;
        for (const at of next) {
          found = this.unemitted({ nodeIndex, topic: -1 }, at);
          if (found === null) return null;
        }
        first ??= found;
      }
    }
    return readers === 0 ? null : first;
  }

  private isRefused(nodeIndex: number, input: number): boolean {
    return droppedBy(this.subject, nodeIndex, input).has(input);
  }

  /** The rows that an operator has emitted for one that it was given. */
  private emittedFor({ nodeIndex, side, node, ...given }: UnemittedRow): number[] {
    const { rows, from } = this.outputs.rowsOf({ nodeIndex, topic: -1 });
    const explanation = explanationOf(node);
    const found: number[] = [];
    for (let row = 0; row < rows.length; row += 1) {
      const result = { rows, row, input: from[row] };
      if (result.input >= given.input && adds(rows.kind[row]) && explanation.isMadeFrom(node, result, given, side))
        found.push(row);
    }
    return found;
  }
}
