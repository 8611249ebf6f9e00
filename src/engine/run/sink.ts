import { MIN_TIME, stepCode, type ColumnBatch, type Counters } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type InputLog } from './inputLog';
import { type ResultLog } from '../stream/results';
import { type Trace } from './trace';

const ROW_OUT = stepCode('row out');
/** Room for a little more than the forecast, which would else be doubled for the last few. */
const SLACK = 1.1;

/**
 * The sink: writes the rows of the result to a log outside the run, and knows how many of them are committed. The log
 * outlives the run's state: a restore only puts back how far the run has written, and what it then emits again takes the
 * place of what it had emitted before.
 */
export class Sink {
  /** Processing time of the last emission. */
  knownAt = MIN_TIME;
  /** Rows of the result that went to another log, by the process that wrote the checkpoint. */
  private elsewhere = 0;
  /** How many events there are to read. */
  private readonly events: number;

  constructor(
    /** The number that its steps carry. */
    private readonly number: number,
    readonly log: ResultLog,
    private readonly inputs: InputLog,
    private readonly counters: Counters,
    private readonly trace: Trace | null,
  ) {
    this.events = inputs.topics.reduce((sum, { table }) => sum + table.length, 0);
  }

  /** How many rows it has written to the log outside. */
  get committed(): number {
    return this.elsewhere + this.log.length;
  }

  /** The rows so far have been read outside, and are not needed here any more. */
  forget(): void {
    this.elsewhere = this.committed;
    this.log.length = 0;
  }

  process(batch: ColumnBatch, from: number, to: number): void {
    if (from === to) return;
    const { log, counters, trace } = this;
    const at = log.length;
    log.append(batch, from, to, this.forecast(at + to - from));
    const end = log.length;
    this.knownAt = this.inputs.processing(log.rows.input[end - 1]);
    if (!trace) {
      counters.rowsOut += to - from;
      return;
    }
    for (let row = at; row < end; row += 1) {
      // A step listener sees the log as it is after the row.
      log.length = row + 1;
      counters.rowsOut += 1;
      trace.add(ROW_OUT, this.number, log.rows.input[row], -1, log.rows.kind[row], 0, row);
    }
  }

  /** Rows of the log in the end where they go on coming as up to now; no more than there are events. */
  private forecast(length: number): number {
    const { events, inputs } = this;
    return Math.min(events, Math.ceil((SLACK * length * events) / inputs.length));
  }

  save(writer: StateWriter): void {
    writer.number(this.knownAt);
    writer.number(this.committed);
  }

  restore(reader: StateReader): void {
    this.knownAt = reader.number();
    this.log.length = reader.number() - this.elsewhere;
  }

  /** In another process: in the same log, where it has the committed rows. */
  resume(reader: StateReader): void {
    this.knownAt = reader.number();
    const committed = reader.number();
    if (this.log.length < committed) this.elsewhere = committed;
    this.log.length = committed - this.elsewhere;
  }
}
