import { writeValue, type Column, type ColumnBatch, type Schema } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type AggregateCall } from '../../../sql/plan';
import { compile, type Evaluator } from '../../expression';
import { CodeMemo } from '../../../model/codeMemo';
import { lagOf } from '../../lag';

/**
 * LAG: the value that stood some rows earlier in the partition, in the order of S19, whatever the frame; null counts as
 * a value. Of each key the last few values are kept, in a ring.
 */
export class Lags {
  private readonly evaluate: Evaluator;
  private readonly rows: number;
  private readonly otherwise: NonNullable<AggregateCall['lag']>['otherwise'];
  /** Of each key `rows` values, NaN for null: numbers, or codes of the result's texts. */
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
    this.rows = rows;
    this.otherwise = otherwise;
    this.evaluate = compile(call.argument!, schema);
    const { dictionary } = result;
    this.memo = dictionary && new CodeMemo((text) => dictionary.code(text));
  }

  /** Rows [from, to) of `out` come next in their partitions. */
  answer(out: ColumnBatch, keys: Int32Array, from: number, to: number): void {
    const { rows, result, memo } = this;
    const { data, valid, dictionary } = this.evaluate(out, from, to);
    for (let row = from; row < to; row += 1) {
      const key = keys[row];
      if (key >= this.seen.length) this.grow(key + 1);
      const at = key * rows + (this.seen[key] % rows);
      if (this.seen[key] < rows) writeValue(result, row, this.otherwise);
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

  private grow(keys: number): void {
    const size = Math.max(keys, this.seen.length * 2, 16);
    const values = new Float64Array(size * this.rows);
    values.set(this.values);
    this.values = values;
    const seen = new Float64Array(size);
    seen.set(this.seen);
    this.seen = seen;
  }

  save(writer: StateWriter, keys: number): void {
    const count = Math.min(keys, this.seen.length);
    writer.floats(this.seen, count);
    writer.floats(this.values, count * this.rows);
    const strings = this.result.dictionary?.strings ?? [];
    writer.number(strings.length);
    for (const text of strings) writer.text(text);
  }

  restore(reader: StateReader): void {
    const seen = reader.floats();
    this.seen.fill(0);
    this.grow(seen.length);
    this.seen.set(seen);
    this.values.set(reader.floats());
    for (let left = reader.number(); left > 0; left -= 1) this.result.dictionary!.code(reader.text());
  }
}
