/**
 * Values by key that weigh at most so much together: the one used longest ago goes first, and the newest stays whatever
 * it weighs.
 */
export class Kept<T> {
  private readonly values = new Map<string, { value: T; weight: number }>();
  private weight = 0;

  constructor(private readonly most: number) {}

  /** Also says that it has been used. */
  get(key: string): T | undefined {
    const known = this.values.get(key);
    if (!known) return undefined;
    this.values.delete(key);
    this.values.set(key, known);
    return known.value;
  }

  /** In place of one with the same key. */
  put(key: string, value: T, weight: number): void {
    this.delete(key);
    this.values.set(key, { value, weight });
    this.weight += weight;
    for (const oldest of this.values.keys()) {
      if (this.weight <= this.most || this.values.size === 1) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.weight -= this.values.get(key)?.weight ?? 0;
    this.values.delete(key);
  }
}
