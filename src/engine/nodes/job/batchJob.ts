import {
  DELETE,
  INSERT,
  makeBatch,
  MAX_TIME,
  MIN_TIME,
  readRow,
  reserveBatch,
  type ColumnBatch,
  type Table,
} from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type Plan } from '../../../sql/plan';
import { type BatchTable, type RunBatch } from '../../batch/operator';
import { topicNamed, type Topic } from '../../log/topic';
import { type Context, type Operator } from '../../stream/operator';
import { type StreamOptions } from '../../stream/options';
import { copyValue, shareDictionary } from '../../stream/rows';

/**
 * A plan run as a batch job: events land in a table, and at each tick (and once more when the input has ended) the
 * whole query runs over all that has landed. The result of the last run is replaced; rows that stay the same are not
 * sent again.
 */
export class BatchJob implements Operator {
  readonly name = 'batch job';
  readonly title: string;
  readonly out: ColumnBatch;
  readonly state = null;
  /** Rows landed so far, per port: a prefix of each topic, which is in arrival order. */
  private landed: number[];
  /** How much of each had landed when the job ran last; null before the first run. */
  private ranOver: number[] | null = null;
  /** What is published now, by content: a row of `rows` that has it, and the identity of each copy. */
  private published = new Map<string, { row: number; ids: number[] }>();
  private rows: Table | null = null;
  private nextId = 0;

  constructor(
    readonly plan: Plan,
    private readonly edges: Pick<StreamOptions, 'edge' | 'hop'>,
    private readonly topics: readonly Topic[],
    /** Topics by port. */
    private readonly tables: string[],
    private readonly run: RunBatch,
    private readonly context: Context,
  ) {
    this.out = makeBatch(plan.schema);
    this.landed = tables.map(() => 0);
    this.title = 'the whole query, over everything that has landed';
  }

  process(_batch: ColumnBatch, from: number, to: number, port: number): void {
    this.landed[port] += to - from;
  }

  advance(): void {}

  due(): number {
    return MAX_TIME;
  }

  tick(now: number, input: number): void {
    const { counters, trace, number } = this.context;
    this.ranOver = [...this.landed];
    const { result, rowsRead } = this.query();
    counters.rowsRead += rowsRead;
    trace?.add('job ended', number, input, -1, rowsRead, result.length, -1);
    const before = this.published;
    const after: typeof before = new Map();
    const fresh: { row: number; id: number }[] = [];
    for (let row = 0; row < result.length; row += 1) {
      const content = JSON.stringify(readRow(result, row));
      let id = before.get(content)?.ids.shift();
      if (id === undefined) {
        id = this.nextId;
        this.nextId += 1;
        fresh.push({ row, id });
      }
      const copies = after.get(content);
      if (copies) copies.ids.push(id);
      else after.set(content, { row, ids: [id] });
    }
    for (const { row, ids } of before.values())
      for (const id of ids) this.emit(this.rows!, row, id, DELETE, now, input);
    for (const { row, id } of fresh) this.emit(result, row, id, INSERT, now, input);
    this.published = after;
    this.rows = result;
  }

  private query(): { result: Table; rowsRead: number } {
    const landed = (name: string): BatchTable => {
      const topic = topicNamed(this.topics, name);
      const { append, partition, offset } = topic;
      return { ...topic.table, length: this.ranOver![this.tables.indexOf(topic.name)], append, partition, offset };
    };
    const { table, rowsRead } = this.run(this.plan, landed, this.edges);
    return { result: table, rowsRead };
  }

  private emit(table: Table, row: number, id: number, kind: number, now: number, input: number): void {
    const { out } = this;
    const at = out.length;
    if (at === out.time.length) reserveBatch(out, Math.max(256, at * 2));
    table.columns.forEach((column, i) => {
      shareDictionary(column, out.columns[i]);
      copyValue(column, row, out.columns[i], at);
    });
    out.time[at] = now;
    out.watermark[at] = MIN_TIME;
    out.input[at] = input;
    out.kind[at] = kind;
    out.id0[at] = id;
    out.id1[at] = 0;
    out.id2[at] = 0;
    out.length = at + 1;
  }

  save(writer: StateWriter): void {
    writer.floats(Float64Array.from(this.landed));
    writer.floats(Float64Array.from(this.ranOver ?? []));
    writer.number(this.nextId);
    const held = [...this.published.values()];
    writer.floats(Float64Array.from(held, ({ row }) => row));
    for (const { ids } of held) writer.floats(Float64Array.from(ids));
  }

  restore(reader: StateReader): void {
    this.landed = [...reader.floats()];
    const ranOver = [...reader.floats()];
    this.ranOver = ranOver.length > 0 ? ranOver : null;
    this.nextId = reader.number();
    this.rows = this.ranOver ? this.query().result : null;
    this.published = new Map();
    for (const row of reader.floats()) {
      this.published.set(JSON.stringify(readRow(this.rows!, row)), { row, ids: [...reader.floats()] });
    }
  }
}
