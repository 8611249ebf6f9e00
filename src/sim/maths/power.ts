import { mantissa, split } from './bits';
import { expOfSum } from './exponential';
import { add, divide, multiply, sumOf, type Twofold } from './twofold';

const LN2: Twofold = { high: 0.6931471805599453, low: 2.3190468138462996e-17 };

/** 1/3, 1/5, 1/7 … of the series of atanh, in twice the precision. */
const ODD: Twofold[] = Array.from({ length: 19 }, (_, i) => divide({ high: 1, low: 0 }, { high: 2 * i + 3, low: 0 }));

/** x^y with the rules of `Math.pow` (0^0 = 1, NaN for a fractional power of a negative number). */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const size = Math.abs(x);
  if (Math.abs(y) === Infinity) return size === 1 ? NaN : size > 1 === y > 0 ? Infinity : 0;
  const whole = Number.isInteger(y);
  const odd = whole && Math.abs(y) <= 9007199254740991 && y % 2 !== 0;
  const negative = (x < 0 || Object.is(x, -0)) && odd;
  if (size === 0 || size === Infinity) {
    const result = (size === 0) === y > 0 ? 0 : Infinity;
    return negative ? -result : result;
  }
  if (x < 0 && !whole) return NaN;
  const result = positivePower(size, y);
  return negative ? -result : result;
}

function positivePower(x: number, y: number): number {
  if (x === 1) return 1;
  const power = logOf(x);
  const rough = power.high * y;
  if (rough > 710) return Infinity;
  if (rough < -746) return 0;
  const { high, low } = multiply(power, { high: y, low: 0 });
  return expOfSum(high, low);
}

/** log x with about 100 bits: ln(2^k·m) = k·ln 2 + 2·atanh((m − 1)/(m + 1)). */
function logOf(x: number): Twofold {
  const k = split(x);
  const m = mantissa[0];
  const s = divide({ high: m - 1, low: 0 }, sumOf(m, 1));
  const z = multiply(s, s);
  let series = ODD[ODD.length - 1];
  for (let i = ODD.length - 2; i >= 0; i -= 1) series = add(multiply(series, z), ODD[i]);
  const tail = multiply(multiply(series, z), s);
  const half = add(s, tail);
  return add(multiply(LN2, { high: k, low: 0 }), { high: 2 * half.high, low: 2 * half.low });
}
