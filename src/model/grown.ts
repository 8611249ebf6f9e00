type NumberArray = Float64Array | Int32Array | Uint8Array | Int8Array;

/** A copy of `size` elements, which begins with those of `array`; the others are `fill`. */
export function grown<A extends NumberArray>(array: A, size: number, fill = 0): A {
  const copy = new (array.constructor as new (length: number) => A)(size);
  copy.set(array);
  if (fill !== 0) copy.fill(fill, array.length);
  return copy;
}

/** The array itself where it has room for `size` elements, else a copy of at least twice its length. */
export const withRoom = <A extends NumberArray>(array: A, size: number, fill = 0): A =>
  array.length >= size ? array : grown(array, Math.max(size, 2 * array.length), fill);
