import { isItem, isList, type Json } from '../../src/cases';

/** Where something comes out is looked at by the modes that compare events; what comes out by all. */
const SPARED = ['after', 'event'];

/** An expectation whose first number is one larger, or the same one where it has no number. */
export function wrong(value: Json, changed = { done: false }): Json {
  if (changed.done) return value;
  if (typeof value === 'number') {
    changed.done = true;
    return value + 1;
  }
  if (isList(value)) return value.map((one) => wrong(one, changed));
  if (!isItem(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, SPARED.includes(name) ? one : wrong(one, changed)]),
  );
}
