/** Draws 0 … keys-1 with probability falling as rank^-exponent. */
export function zipf(keys: number, exponent: number, random: () => number): () => number {
  const upTo = new Float64Array(keys);
  let total = 0;
  for (let rank = 0; rank < keys; rank += 1) {
    total += Math.pow(rank + 1, -exponent);
    upTo[rank] = total;
  }
  return () => {
    const wanted = random() * total;
    let low = 0;
    let high = keys - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
