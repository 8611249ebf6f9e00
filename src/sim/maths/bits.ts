/** One double and its two 32-bit halves, to read exponents. */
const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

double[0] = 1;
/** Which half holds the sign and the exponent; it depends on the machine's byte order. */
const HIGH = halves[1] === 0 ? 0 : 1;

const LEAST = -1074;

/** The powers of two, exact, from the smallest subnormal to the largest there is. */
const powers = new Float64Array(2098);
powers[-LEAST] = 1;
for (let k = 1; k <= 1023; k += 1) powers[k - LEAST] = powers[k - 1 - LEAST] * 2;
for (let k = -1; k >= LEAST; k -= 1) powers[k - LEAST] = powers[k + 1 - LEAST] * 0.5;

/** `y · 2^k`, rounded at most once; `y` is in [0.5, 2]. */
export function scale(y: number, k: number): number {
  if (k > 1022) return k > 1024 ? Infinity : y * 2 * powers[k - 1 - LEAST];
  if (k >= -1020) return y * powers[k - LEAST];
  return k < -1080 ? 0 : y * powers[k + 200 - LEAST] * powers[-200 - LEAST];
}

/** A positive number as `m · 2^k` with m in (0.70, 1.42); the mantissa of the last call is in `mantissa[0]`. */
export function split(x: number): number {
  if (x < 2.2250738585072014e-308) return split(x * 18014398509481984) - 54; // 2^54 lifts subnormal numbers
  double[0] = x;
  const k = (halves[HIGH] >>> 20) - 1023;
  const m = x * powers[-k - LEAST];
  const up = m > 1.4142135623730951;
  mantissa[0] = up ? m * 0.5 : m;
  return up ? k + 1 : k;
}

export const mantissa = new Float64Array(1);
