import { readValue, type Column, type ColumnBatch, type Value } from '../../model';
import { type Expression } from '../../sql/plan';
import { compile } from '../expression';
import { type RowAt, type Trail } from '../nodes/explanation';
import { explanationOf } from '../nodes/why';
import { type Upstream } from '../run/graph';
import { factsOf } from './facts';
import { type OutputHistory } from './outputHistory';
import { droppedBy, lastFiring, lastStepOf, type Subject } from './subject';

/**
 * Follows rows back to the events that made them, operator by operator. `events` gathers the inputs of those events.
 * What an operator dropped, or evicted before it emitted, is not among them.
 */
export class Lineage {
  readonly events = new Set<number>();
  private readonly seen = new Set<string>();
  private readonly keys = new Map<Expression, Column>();

  /** `until`: the last input that counts. */
  constructor(
    private readonly subject: Subject,
    private readonly until: number,
    readonly outputs: OutputHistory,
  ) {}

  /** Row `row` of an input. */
  follow(port: Upstream, row: number): void {
    const id = `${port.nodeIndex} ${port.topic} ${row}`;
    if (this.seen.has(id)) return;
    this.seen.add(id);
    const { rows, from } = this.outputs.rowsOf(port);
    if (port.nodeIndex < 0) {
      this.events.add(from[row]);
      return;
    }
    const { plan: node } = this.subject.run.engine.operators[port.nodeIndex].node;
    explanationOf(node).contributors(node, this.trailOf(port.nodeIndex, { rows, row, input: from[row] }));
  }

  private trailOf(nodeIndex: number, at: RowAt): Trail {
    const { inputs } = this.subject.run.engine.operators[nodeIndex].node;
    return {
      ...at,
      inputs: inputs.length,
      options: this.subject.options,
      rowsOf: (side) => this.outputs.rowsOf(inputs[side]),
      follow: (side, row) => this.follow(inputs[side], row),
      followKey: (side, keys, key, belongs) => this.followKey(inputs[side], keys, key, belongs),
      columnsOf: (keys, rows) => this.columnsOf(keys, rows),
      joinedTo: (left) => this.joinedTo(nodeIndex, left, at.input),
      dropped: () => droppedBy(this.subject, nodeIndex, this.until),
      firedWith: (key, start, end) => this.firedWith(nodeIndex, key, start, end, at.input),
    };
  }

  /** All rows of an input with some inputs and that have the key of a window or group. */
  followKey(
    port: Upstream,
    keys: Expression[],
    key: readonly unknown[],
    belongs: (row: number, input: number) => boolean,
  ): void {
    const { rows, from } = this.outputs.rowsOf(port);
    const columns = this.columnsOf(keys, rows);
    for (let row = 0; row < rows.length; row += 1) {
      if (belongs(row, from[row]) && columns.every((column, i) => readValue(column, row) === key[i]))
        this.follow(port, row);
    }
  }

  private columnsOf(keys: Expression[], rows: ColumnBatch): Column[] {
    return keys.map((key) => {
      let found = this.keys.get(key);
      if (!found) {
        found = compile(key, rows.schema)(rows, 0, rows.length);
        this.keys.set(key, found);
      }
      return found;
    });
  }

  private joinedTo(nodeIndex: number, left: number, input: number): number[] {
    const { run } = this.subject;
    const { log } = run.trace;
    const found: number[] = [];
    for (let at = run.firstStepOf(input); at < log.length && log.input[at] === input; at += 1) {
      const step = log.operator[at] === nodeIndex + 1 ? run.step(at) : null;
      if (step?.kind === 'pair joined' && step.left === left) found.push(step.right);
    }
    return found;
  }

  /** What a window held when it fired with an input or before; null for an operator without windows. */
  private firedWith(
    nodeIndex: number,
    key: readonly Value[],
    start: number,
    end: number,
    input: number,
  ): Set<number> | null {
    const { run } = this.subject;
    if (!run.engine.operators[nodeIndex].operator.windows) return null;
    const fired = lastFiring(run, { operator: nodeIndex + 1, until: lastStepOf(this.subject, input) }, { start, end });
    return new Set(factsOf(this.subject, { nodeIndex, key: [...key], start, end }, fired?.step ?? -1).rows);
  }
}
