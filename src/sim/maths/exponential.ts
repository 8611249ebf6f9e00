import { mantissa, scale, split } from './bits';

/**
 * exp and log in plain arithmetic, so that every runtime gives the same bits. Both reduce their argument by the
 * well-known steps (k·ln 2 with ln 2 in two parts; atanh of f/(2+f)) and then sum a Taylor series that is long enough
 * for the reduced range. Errors stay below one unit in the last place, see `test/sim/maths.test.ts`.
 */
const LN2_HIGH = 0.6931471805592082; // 40 bits, so that k·LN2_HIGH is exact
const LN2_LOW = 7.371002565167799e-13;
const INVERSE_LN2 = 1.4426950408889634;

/** e^x. */
export function exp(x: number): number {
  if (x >= -745.14 && x <= 709.79) return expOfSum(x, 0);
  if (x > 709.79) return Infinity;
  return x < -745.14 ? 0 : NaN;
}

/** e^(x + low) for a `low` far below the last place of x. */
export function expOfSum(x: number, low: number): number {
  const k = Math.floor(x * INVERSE_LN2 + 0.5);
  const high = x - k * LN2_HIGH;
  const rest = k * LN2_LOW - low;
  const r = high - rest;
  const lost = high - r - rest;
  const z = r * r;
  const zz = z * z;
  const series =
    1 / 2 +
    r * (1 / 6) +
    z * (1 / 24 + r * (1 / 120)) +
    zz * (1 / 720 + r * (1 / 5040) + z * (1 / 40320 + r * (1 / 362880))) +
    zz * zz * (1 / 3628800 + r * (1 / 39916800) + z * (1 / 479001600 + r * (1 / 6227020800)));
  return scale(1 + (r + (lost + z * series)), k);
}

/** The natural logarithm. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const k = split(x);
  const f = mantissa[0] - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = z * (2 / 3 + w * (2 / 7 + w * (2 / 11 + w * (2 / 15 + w * (2 / 19)))));
  const even = w * (2 / 5 + w * (2 / 9 + w * (2 / 13 + w * (2 / 17 + w * (2 / 21)))));
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + (odd + even)) + k * LN2_LOW) - f);
}
