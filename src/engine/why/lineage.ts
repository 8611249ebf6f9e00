import { readValue, stepCode, type Column, type ColumnBatch } from '../../model';
import { type Expression, type Over, type Plan } from '../../sql/plan';
import { compile } from '../expression';
import { boundsOf } from '../frames';
import { type Upstream } from '../run/graph';
import { factsOf } from './facts';
import { outputHistoryOf, type OutputHistory } from './outputHistory';
import { nodesOf, type Subject } from './subject';

const DROPPED = stepCode('row dropped');
const FIRED = stepCode('window fired');

/**
 * Follows rows back to the events that made them, operator by operator. `events` gathers the inputs of those events.
 * What an operator refused, or had let go before it spoke, is not among them.
 */
export class Lineage {
  readonly events = new Set<number>();
  readonly outputs: OutputHistory;
  private readonly nodes: Plan[];
  private readonly seen = new Set<string>();
  private readonly keys = new Map<Expression, Column>();

  /** `until`: the last input that counts. */
  constructor(
    private readonly subject: Subject,
    private readonly until: number,
  ) {
    this.outputs = outputHistoryOf(subject, until);
    this.nodes = nodesOf(subject);
  }

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
    const node = this.nodes[port.nodeIndex];
    const { inputs } = this.subject.run.engine.graph.nodes[port.nodeIndex];
    switch (node.node) {
      case 'filter':
      case 'project':
        return this.same(inputs[0], rows, row, from[row], 1, 0);
      case 'union all': {
        const count = inputs.length;
        const at = ((rows.id0[row] % count) + count) % count;
        return this.same(inputs[at], rows, row, from[row], count, at);
      }
      case 'window aggregate':
        return this.window(port.nodeIndex, node.keys, rows, row, from[row]);
      case 'aggregate':
        if (this.subject.run.engine.operators[port.nodeIndex].windows)
          return this.window(port.nodeIndex, node.keys, rows, row, from[row]);
        return this.group(inputs[0], node.keys, rows, row, from[row]);
      case 'over':
        return this.frame(port.nodeIndex, node, rows, row, from[row]);
      case 'interval join':
      case 'window join':
      case 'join':
        [rows.id0[row], rows.id1[row]].forEach((number, side) => {
          if (number >= 0 && number < this.outputs.rowsOf(inputs[side]).rows.length) this.follow(inputs[side], number);
        });
        return;
      default:
        // The row itself, and of a temporal join the version beside it.
        inputs.reduce((first, one) => first + this.equal(one, rows, row, from[row], first), 0);
    }
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
        found = copyOf(compile(key, rows.schema)(rows, 0, rows.length), rows.length);
        this.keys.set(key, found);
      }
      return found;
    });
  }

  /** The rows with the same identity that came with the same input. */
  private same(port: Upstream, rows: ColumnBatch, row: number, input: number, inputs: number, at: number): void {
    const { rows: above, from } = this.outputs.rowsOf(port);
    for (let one = firstOf(from, above.length, input); one < above.length && from[one] === input; one += 1) {
      const mine = above.id0[one] * inputs + at === rows.id0[row];
      if (mine && above.id1[one] === rows.id1[row] && above.id2[one] === rows.id2[row]) this.follow(port, one);
    }
  }

  /** What a window held when it spoke with an input. */
  private window(nodeIndex: number, keys: Expression[], rows: ColumnBatch, row: number, input: number): void {
    const { run } = this.subject;
    const { log } = run.trace;
    const key = keys.map((_, i) => readValue(rows.columns[i], row));
    const [start, end] = [rows.id1[row], rows.id2[row]];
    let step = log.length - 1;
    while (step >= 0) {
      const mine = log.operator[step] === nodeIndex + 1 && log.a[step] === start && log.b[step] === end;
      if (mine && log.kind[step] === FIRED && log.input[step] <= input) break;
      step -= 1;
    }
    this.followWindow(nodeIndex, keys, key, start, end, step);
  }

  /** What a window of a key holds behind a step. */
  followWindow(
    nodeIndex: number,
    keys: Expression[],
    key: ReturnType<typeof readValue>[],
    start: number,
    end: number,
    step: number,
  ): void {
    const { nodes } = this.subject.run.engine.graph;
    const [port] = nodes[nodeIndex].inputs;
    const held = new Set(factsOf(this.subject, { nodeIndex, key, start, end }, step).rows);
    this.followKey(port, keys, key, (_, from) => held.has(from));
  }

  /** Everything of a group so far. */
  private group(port: Upstream, keys: Expression[], rows: ColumnBatch, row: number, input: number): void {
    const key = keys.map((_, i) => readValue(rows.columns[i], row));
    this.followKey(port, keys, key, (_, from) => from <= input);
  }

  /** The row of a rolling aggregate and those in its frame. */
  private frame(nodeIndex: number, node: Over, rows: ColumnBatch, row: number, input: number): void {
    const [port] = this.subject.run.engine.graph.nodes[nodeIndex].inputs;
    const { rows: above, from } = this.outputs.rowsOf(port);
    const isMe = (one: number): boolean =>
      above.id0[one] === rows.id0[row] && above.id1[one] === rows.id1[row] && above.id2[one] === rows.id2[row];
    let me = 0;
    while (me < above.length && !isMe(me)) me += 1;
    if (me === above.length) return;
    const columns = this.columnsOf(node.partitionBy, above);
    const key = columns.map((column) => readValue(column, me));
    const refused = this.refusedBy(nodeIndex);
    const now = above.time[me];
    const mine = Array.from({ length: above.length }, (_, one) => one).filter(
      (one) =>
        from[one] <= input &&
        (one === me || !refused.has(from[one])) &&
        columns.every((column, i) => readValue(column, one) === key[i]),
    );
    const { unit, preceding } = node.frame;
    // In the order of S19: event time, then arrival.
    const before = mine
      .filter((one) => above.time[one] < now || (above.time[one] === now && one <= me))
      .sort((a, b) => above.time[a] - above.time[b] || a - b);
    const held =
      unit === 'rows'
        ? before.slice(preceding === null ? 0 : -(preceding + 1))
        : this.inFrame(preceding, mine, above, now);
    const lags = node.aggregates.flatMap(({ lag }) => (lag ? [before.at(-1 - lag.rows)] : []));
    for (const one of [me, ...held, ...lags]) if (one !== undefined) this.follow(port, one);
  }

  private inFrame(preceding: number | null, rows: number[], { time }: ColumnBatch, now: number): number[] {
    const { edge, hop } = this.subject.options;
    const bounds = boundsOf(preceding, edge, hop);
    return rows.filter((row) => time[row] >= bounds.least(now) && time[row] <= bounds.most(now));
  }

  private refusedBy(nodeIndex: number): Set<number> {
    const { log } = this.subject.run.trace;
    const found = new Set<number>();
    for (let at = 0; at < log.length && log.input[at] <= this.until; at += 1) {
      if (log.kind[at] === DROPPED && log.operator[at] === nodeIndex + 1) found.add(log.input[at]);
    }
    return found;
  }

  /** The last row of an input whose columns are those of the row, from its column `first` on; answers how many there are. */
  private equal(port: Upstream, rows: ColumnBatch, row: number, input: number, first: number): number {
    const { rows: above, from } = this.outputs.rowsOf(port);
    const width = Math.min(above.columns.length, rows.columns.length - first);
    for (let one = above.length - 1; one >= 0; one -= 1) {
      if (from[one] > input) continue;
      let equal = width > 0;
      for (let i = 0; equal && i < width; i += 1)
        equal = readValue(above.columns[i], one) === readValue(rows.columns[first + i], row);
      if (!equal) continue;
      this.follow(port, one);
      break;
    }
    return above.columns.length;
  }
}

/** First row that left with an input; they are in order. */
function firstOf(from: Int32Array, length: number, input: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (from[middle] < input) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** An evaluator writes into the same column each time. */
const copyOf = (column: Column, length: number): Column => ({
  ...column,
  data: column.data.slice(0, length),
  valid: column.valid && column.valid.slice(0, length),
});
