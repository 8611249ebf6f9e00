/**
 * Numbers of twice the precision: an unevaluated sum of two doubles, the second far below the first (Dekker 1971).
 * Used where one rounding on the way would be seen in the result.
 */
export interface Twofold {
  high: number;
  low: number;
}

const SPLITTER = 134_217_729; // 2^27 + 1 cuts 53 bits into two halves of 26

export function sumOf(a: number, b: number): Twofold {
  const high = a + b;
  const part = high - a;
  return { high, low: a - (high - part) + (b - part) };
}

function productOf(a: number, b: number): Twofold {
  const high = a * b;
  const shiftedA = SPLITTER * a;
  const topA = shiftedA - (shiftedA - a);
  const tailA = a - topA;
  const shiftedB = SPLITTER * b;
  const topB = shiftedB - (shiftedB - b);
  const tailB = b - topB;
  return { high, low: tailA * tailB - (high - topA * topB - tailA * topB - topA * tailB) };
}

export function add(a: Twofold, b: Twofold): Twofold {
  const { high, low } = sumOf(a.high, b.high);
  return sumOf(high, low + (a.low + b.low));
}

export function multiply(a: Twofold, b: Twofold): Twofold {
  const { high, low } = productOf(a.high, b.high);
  return sumOf(high, low + (a.high * b.low + a.low * b.high));
}

export function divide(a: Twofold, b: Twofold): Twofold {
  const quotient = a.high / b.high;
  const back = multiply({ high: quotient, low: 0 }, b);
  const rest = add(a, { high: -back.high, low: -back.low });
  return sumOf(quotient, rest.high / b.high);
}
