/**
 * Order of texts by code point, as UTF-8 bytes sort (DuckDB, Flink). JavaScript's own `<` goes by UTF-16 code unit,
 * which puts what lies beyond U+FFFF (pairs of surrogates) before U+E000 to U+FFFF.
 */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i += 1) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates come last. */
const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
