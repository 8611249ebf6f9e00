import { MAX_TIME } from '../../../src/index';
import { words } from '../../../src/cases/fields';
import { isItem, isList, numberOf, type Kind } from '../../../src/cases/kind';

/** Each element is valid until the next one of its key. */
export const validityWindows: Kind = {
  kind: 'validity-windows',
  profiles: ['any'],
  compares: ['final-set'],
  config: { aggregate: words('sum') },
  events: ['key ts value'],
  expected: ['value', 'window'],
  // The last one has no end.
  normal: (expected) =>
    expected.map((item) =>
      isItem(item) && isList(item.window) && item.window[1] === null
        ? { ...item, window: [item.window[0], 'MAX'] }
        : item,
    ),
  start() {
    const byKey = new Map<string, { ts: number; value: number }[]>();
    return {
      handle({ key = null, ts, value }) {
        const name = JSON.stringify(key);
        byKey.set(name, [...(byKey.get(name) ?? []), { ts: numberOf(ts), value: numberOf(value) }]);
        return [];
      },
      end: () =>
        [...byKey.values()].flatMap((elements) =>
          windowsBetween(elements.map(({ ts }) => ts)).map(([start, end]) => ({
            window: [start, end],
            value: elements.filter(({ ts }) => ts === start).reduce((sum, { value }) => sum + value, 0),
          })),
        ),
    };
  },
};

/** Each time holds until the next one, the last one forever. Times in any order, ties count once. */
function windowsBetween(times: readonly number[]): [start: number, end: number][] {
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  return sorted.map((start, i) => [start, i + 1 < sorted.length ? sorted[i + 1] : MAX_TIME]);
}
