import { DELETE, INSERT, makeBatch, MAX_TIME, MIN_TIME, type ColumnBatch, type Table } from '../../../model';
import { type Plan } from '../../../sql/plan';
import { PAGE } from '../../batch/allowance';
import { type BatchPieces, type BatchTable } from '../../batch/operator';
import { topicNamed, type Topic } from '../../log/topic';
import { PIECE, Resumable, type Pieces } from '../../pieces';
import { type Numbers } from '../../state/identities';
import { type StateValue } from '../../state/store';
import { type Context, type Operator } from '../../stream/operator';
import { type StreamOptions } from '../../stream/options';
import { appendHidden, copyValue } from '../../stream/rows';
import { adoptDictionary } from '../../state/savedRows';
import { contentOf, PublishedRows } from './publishedRows';

/**
 * A plan run as a batch job: events land in a table, and at each tick (and once more when the input has ended) the
 * whole query runs over all that has landed. The result of the last run is replaced; rows that stay the same are not
 * sent again.
 */
export class BatchJob implements Operator {
  readonly name = 'batch job';
  readonly out: ColumnBatch;
  readonly state = null;
  /** Rows landed so far, per port: a prefix of each topic, which is in arrival order. */
  private readonly landed: StateValue[];
  private readonly published: PublishedRows;
  private readonly numbers: Numbers;
  /** A run of the query, and the rows of it that are published. */
  private readonly publishing: Resumable;

  constructor(
    readonly plan: Plan,
    private readonly edges: Pick<StreamOptions, 'edge' | 'hop'>,
    private readonly topics: readonly Topic[],
    /** Topics by port. */
    private readonly tables: string[],
    private readonly run: BatchPieces,
    private readonly context: Context,
  ) {
    this.out = makeBatch(plan.schema);
    this.publishing = new Resumable(context.mayGoOn);
    const { state } = context;
    this.landed = tables.map(() => state.value(0, 'max'));
    this.numbers = state.numbers();
    this.published = state.add(new PublishedRows(plan.schema));
  }

  process(_batch: ColumnBatch, from: number, to: number, port: number): void {
    this.landed[port].value += to - from;
  }

  advance(): void {}

  due(): number {
    return MAX_TIME;
  }

  get isPaused(): boolean {
    return this.publishing.isUnderWay;
  }

  tick(now: number, input: number): void {
    this.publishing.goOn(() => this.publish(now, input));
  }

  /** Runs the query and publishes its rows. */
  private *publish(now: number, input: number): Pieces {
    const { counters, trace, number } = this.context;
    const { published } = this;
    const { result, rowsRead } = yield* this.query();
    counters.rowsRead += rowsRead;
    trace?.add('job ended', number, input, -1, rowsRead, result.length, -1);
    const piece = Math.max(1, Math.floor(PIECE / result.columns.length));
    const fresh: number[] = [];
    const ids: number[] = [];
    for (let row = 0; row < result.length; row += 1) {
      const id = published.take(contentOf(result, row));
      if (id === undefined) fresh.push(row);
      ids.push(id ?? this.numbers.take(1));
      if (row % piece === 0) yield;
    }
    for (const [id, row] of published.left) this.emit(published.table, row, id, DELETE, now, input);
    for (const [i, row] of fresh.entries()) {
      this.emit(result, row, ids[row], INSERT, now, input);
      if (i % piece === 0) yield;
    }
    published.replace(result, ids);
  }

  private *query(): Pieces<{ result: Table; rowsRead: number }> {
    const landed = (name: string): BatchTable => {
      const topic = topicNamed(this.topics, name);
      const { append, partition, offset } = topic;
      const length = this.landed[this.tables.indexOf(topic.name)].value;
      return { ...topic.table, length, append, partition, offset };
    };
    const { table, rowsRead } = yield* this.run(this.plan, landed, { ...this.edges, allowance: PAGE });
    return { result: table, rowsRead };
  }

  private emit(table: Table, row: number, id: number, kind: number, now: number, input: number): void {
    const { out } = this;
    const at = appendHidden(out, kind, now, MIN_TIME, input, id);
    table.columns.forEach((column, i) => {
      adoptDictionary(out.columns[i], column.dictionary, at);
      copyValue(column, row, out.columns[i], at);
    });
  }
}
