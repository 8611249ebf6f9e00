/**
 * Numbers of rows by time, the oldest first: rows that were answered behind newer ones and so leave their frames out
 * of turn.
 */
export class LateRows {
  private numbers: Int32Array<ArrayBuffer> = new Int32Array(64);
  private times = new Float64Array(64);
  private begin = 0;
  private end = 0;

  get size(): number {
    return this.end - this.begin;
  }

  /** Time of the oldest; Infinity where there is none. */
  get oldest(): number {
    return this.begin < this.end ? this.times[this.begin] : Infinity;
  }

  add(number: number, time: number): void {
    if (this.end === this.numbers.length) this.makeRoom();
    let at = this.end;
    while (at > this.begin && this.times[at - 1] > time) at -= 1;
    this.numbers.copyWithin(at + 1, at, this.end);
    this.times.copyWithin(at + 1, at, this.end);
    this.numbers[at] = number;
    this.times[at] = time;
    this.end += 1;
  }

  /** Takes the oldest out and returns its number. */
  shift(): number {
    this.begin += 1;
    return this.numbers[this.begin - 1];
  }

  private makeRoom(): void {
    const { begin, end, numbers, times } = this;
    if (this.size * 2 > numbers.length) {
      this.numbers = new Int32Array(numbers.length * 2);
      this.times = new Float64Array(times.length * 2);
    }
    this.numbers.set(numbers.subarray(begin, end));
    this.times.set(times.subarray(begin, end));
    this.end = end - begin;
    this.begin = 0;
  }

  /** What is held, with the numbers counted from `start`. */
  list(start: number): { numbers: Int32Array; times: Float64Array } {
    return {
      numbers: this.numbers.slice(this.begin, this.end).map((number) => number - start),
      times: this.times.slice(this.begin, this.end),
    };
  }

  reset(numbers: Int32Array, times: Float64Array): void {
    this.begin = 0;
    this.end = 0;
    numbers.forEach((number, i) => this.add(number, times[i]));
  }
}
