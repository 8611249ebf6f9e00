import { grown, TidemarkError, writeValue, type Column, type ColumnBatch, type Schema } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { type AggregateCall } from '../../sql/plan';
import { compile, type Evaluator } from '../expression';
import { CodeMemo } from '../../model/codeMemo';
import { type Store } from '../state/store';

/**
 * LAG: the value that stood some rows earlier in the partition, in the order of S19, whatever the frame; null counts as
 * a value. Of each key the last few values are kept, in a ring.
 */
export class Lags implements Store {
  readonly rows = 0;
  private readonly evaluate: Evaluator;
  private readonly distance: number;
  private readonly otherwise: NonNullable<AggregateCall['lag']>['otherwise'];
  /** Of each key `distance` values, NaN for null: numbers, or codes of the result's texts. */
  private values = new Float64Array(0);
  /** Rows of each key so far. */
  private seen = new Float64Array(0);
  private readonly memo: CodeMemo | null;

  constructor(
    call: AggregateCall,
    schema: Schema,
    private readonly result: Column,
  ) {
    const { rows, otherwise } = lagOf(call);
    this.distance = rows;
    this.otherwise = otherwise;
    this.evaluate = compile(call.argument!, schema);
    const { dictionary } = result;
    this.memo = dictionary && new CodeMemo((text) => dictionary.code(text));
  }

  /** Rows [from, to) of `out` come next in their partitions. */
  answer(out: ColumnBatch, keys: Int32Array, from: number, to: number): void {
    const { distance, result, memo } = this;
    const { data, valid, dictionary } = this.evaluate(out, from, to);
    for (let row = from; row < to; row += 1) {
      const key = keys[row];
      this.reserve(key + 1);
      const at = key * distance + (this.seen[key] % distance);
      if (this.seen[key] < distance) writeValue(result, row, this.otherwise);
      else this.write(row, this.values[at]);
      const isNull = valid !== null && valid[row] === 0;
      const known = isNull ? NaN : memo ? memo.of(dictionary!)[data[row]] : data[row];
      this.values[at] = memo && !isNull && known !== known ? memo.learn(dictionary!, data[row]) : known;
      this.seen[key] += 1;
    }
  }

  private write(row: number, value: number): void {
    const { result } = this;
    if (value !== value) writeValue(result, row, null);
    else {
      result.data[row] = value;
      if (result.valid) result.valid[row] = 1;
    }
  }

  private reserve(keys: number): void {
    if (keys <= this.seen.length) return;
    const size = Math.max(keys, this.seen.length * 2, 16);
    this.values = grown(this.values, size * this.distance);
    this.seen = grown(this.seen, size);
  }

  writeFrame(writer: StateWriter): void {
    writer.floats(this.seen);
    writer.floats(this.values);
    const strings = this.result.dictionary?.strings ?? [];
    writer.number(strings.length);
    for (const text of strings) writer.text(text);
  }

  readFrame(reader: StateReader): void {
    const seen = reader.floats();
    this.seen.fill(0);
    this.reserve(seen.length);
    this.seen.set(seen);
    this.values.set(reader.floats());
    for (let left = reader.number(); left > 0; left -= 1) this.result.dictionary!.code(reader.text());
  }

  /** The last values, the oldest first. */
  writeEntries(entry: (key: number) => EntryWriter): void {
    const { seen, distance } = this;
    for (let key = 0; key < seen.length; key += 1) {
      for (let at = Math.max(0, seen[key] - distance); at < seen[key]; at += 1) {
        const value = this.values[key * distance + (at % distance)];
        const isNull = value !== value;
        entry(key).flag(isNull);
        if (!isNull) entry(key).coded(value, this.result.dictionary);
      }
    }
  }

  readEntry(key: number, entry: EntryReader): void {
    this.reserve(key + 1);
    for (; !entry.finished; this.seen[key] += 1) {
      const isNull = entry.flag();
      this.values[key * this.distance + this.seen[key]] = isNull ? NaN : entry.coded(this.result.dictionary);
    }
  }
}

/** More rows back than this per key is a mistake in the query. */
const MOST_ROWS_BACK = 10_000;

/** Throws a TidemarkError for a LAG that goes back no row, or too many. */
export function lagOf({ lag, text }: AggregateCall): NonNullable<AggregateCall['lag']> {
  const rows = lag?.rows ?? 0;
  if (lag && Number.isInteger(rows) && rows >= 1 && rows <= MOST_ROWS_BACK) return lag;
  throw new TidemarkError({
    what: 'LAG goes back a number of rows',
    where: text,
    expected: `a whole number from 1 to ${MOST_ROWS_BACK}`,
    found: String(rows),
    hint: 'LAG(x) is the row before this one, LAG(x, 2) the one before that.',
  });
}
