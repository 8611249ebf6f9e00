/** Arrays for results which the next run writes over: for whoever runs many times, and is done with the last result. */
export class Buffers {
  private readonly arrays: Float64Array[] = [];
  private given = 0;

  /** A run begins: nobody needs what the last one gave. */
  begin(): void {
    this.given = 0;
  }

  /** An array with room for `length` numbers; what stands in it means nothing. */
  take(length: number): Float64Array {
    const { arrays, given } = this;
    this.given += 1;
    if (given === arrays.length || arrays[given].length < length) arrays[given] = new Float64Array(length);
    return arrays[given];
  }
}
