/**
 * A copy of entries whose keys come from outside, as an object that inherits nothing: `toString` is found only where it
 * was put, and `__proto__` is a key like any other.
 */
export function dictionary<T>(entries: Readonly<Record<string, T>> = {}): Record<string, T> {
  const copy = Object.create(null) as Record<string, T>;
  for (const key of Object.keys(entries)) copy[key] = entries[key];
  return copy;
}
