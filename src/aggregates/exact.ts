import { TidemarkError } from '../model';

/**
 * Sums that do not depend on order, held as Float64 slots of one array.
 *
 * - whole numbers and decimals: Σx is one slot, exact below 2⁵³; Σx² is two slots (`low` in [0, 2⁵²), `high` in units
 *   of 2⁵²), exact below 2¹⁰⁵;
 * - DOUBLE: a long fixed-point number that covers every finite double (and every square of one), as signed digits of
 *   48 bits, lowest first. Adding and taking away are exact, so the same values in any order round to the same bits.
 *
 * Past their range all of them throw.
 */
const DIGIT_BITS = 48;
const DIGIT = 281_474_976_710_656;
const HALF = 67_108_864;
const LOW = HALF * HALF;

/** 2⁻¹⁰⁷⁴ is the least double, 2¹⁰²⁴ bounds the largest; five more bits would do, the last digit carries 2⁵³ of them. */
export const REAL_SLOTS = 45;
/** The same for squares: from 2⁻²¹⁴⁸ to 2²⁰⁴⁸. */
export const SQUARE_SLOTS = 89;
const REAL_EXPONENT = -1074;
const SQUARE_EXPONENT = 2 * REAL_EXPONENT;

const view = new DataView(new ArrayBuffer(8));
/** The last number taken apart: `mantissa` is whole, and the number is `mantissa × 2^(position − 1074)`. */
let mantissa = 0;
let position = 0;

function takeApart(value: number): void {
  view.setFloat64(0, value);
  const high = view.getUint32(0);
  const exponent = (high >>> 20) & 0x7ff;
  if (exponent === 0x7ff) {
    throw new TidemarkError({ what: 'not a finite number', where: 'sum of DOUBLE', found: String(value) });
  }
  const fraction = (high & 0xfffff) * 4_294_967_296 + view.getUint32(4);
  mantissa = exponent === 0 ? fraction : fraction + 4_503_599_627_370_496;
  position = exponent === 0 ? 0 : exponent - 1;
  if (high >>> 31 === 1) mantissa = -mantissa;
}

/** Adds `whole × 2^at` (in units of the lowest digit) to the `slots` digits at `base`; |whole| < 2⁵³. */
function addAt(state: Float64Array, base: number, slots: number, whole: number, at: number): void {
  const digit = Math.floor(at / DIGIT_BITS);
  const shifted = whole * powerOfTwo(at - digit * DIGIT_BITS);
  const high = Math.trunc(shifted / DIGIT);
  carryInto(state, base, slots, digit, shifted - high * DIGIT);
  if (high !== 0) carryInto(state, base, slots, digit + 1, high);
}

/** Digits stay within ±2⁴⁸ of zero; what goes past moves up. The last digit takes all that is left. */
function carryInto(state: Float64Array, base: number, slots: number, digit: number, amount: number): void {
  let carried = amount;
  for (let i = digit; carried !== 0; i += 1) {
    const sum = state[base + i] + carried;
    carried = i < slots - 1 ? Math.trunc(sum / DIGIT) : 0;
    state[base + i] = sum - carried * DIGIT;
  }
}

/** Adds `value` (or takes it away, with sign −1) to the sum of doubles at `base`. */
export function addReal(state: Float64Array, base: number, value: number, sign: 1 | -1): void {
  takeApart(value);
  addAt(state, base, REAL_SLOTS, sign * mantissa, position);
}

/** Adds `value²` (or takes it away) to the sum of squares at `base`, exactly: 106 bits in three products. */
export function addRealSquare(state: Float64Array, base: number, value: number, sign: 1 | -1): void {
  takeApart(value);
  const whole = Math.abs(mantissa);
  const low = whole % HALF;
  const high = (whole - low) / HALF;
  const at = 2 * position;
  const cross = sign * high * low;
  // high² may need 54 bits, hence in two parts.
  const highLow = high % HALF;
  const highHigh = high - highLow;
  addAt(state, base, SQUARE_SLOTS, sign * low * low, at);
  addAt(state, base, SQUARE_SLOTS, cross, at + 27);
  addAt(state, base, SQUARE_SLOTS, sign * highLow * highLow, at + 52);
  if (highHigh !== 0) addAt(state, base, SQUARE_SLOTS, sign * (high + highLow), at + 78);
}

/** Adds the long number at `fromBase` to the one at `intoBase`. */
export function mergeDigits(
  into: Float64Array,
  intoBase: number,
  from: Float64Array,
  fromBase: number,
  slots: number,
): void {
  for (let i = 0; i < slots; i += 1) {
    if (from[fromBase + i] !== 0) carryInto(into, intoBase, slots, i, from[fromBase + i]);
  }
}

function digitsToWhole(state: Float64Array, base: number, slots: number): { whole: bigint; exponent: number } {
  let last = slots - 1;
  while (last > 0 && state[base + last] === 0) last -= 1;
  let first = 0;
  while (first < last && state[base + first] === 0) first += 1;
  let whole = 0n;
  for (let i = last; i >= first; i -= 1) whole = (whole << 48n) + BigInt(state[base + i]);
  return { whole, exponent: first * DIGIT_BITS };
}

/** Writes the same long number with digits of one sign: each number has one such form. */
export function normalizeDigits(state: Float64Array, base: number, slots: number): void {
  const { whole, exponent } = digitsToWhole(state, base, slots);
  const sign = whole < 0n ? -1 : 1;
  let rest = whole < 0n ? -whole : whole;
  state.fill(0, base, base + slots);
  for (let i = base + exponent / DIGIT_BITS; rest > 0n; i += 1) {
    const isLast = i === base + slots - 1;
    state[i] = sign * Number(isLast ? rest : rest & 0xffff_ffff_ffffn);
    rest = isLast ? 0n : rest >> 48n;
  }
}

/** The sum of doubles at `base`, rounded once. */
export function realSum(state: Float64Array, base: number): number {
  const { whole, exponent } = digitsToWhole(state, base, REAL_SLOTS);
  const sum = nearest(whole, exponent + REAL_EXPONENT);
  if (!Number.isFinite(sum))
    throw new TidemarkError({ what: 'sum too large for a DOUBLE', hint: 'Scale the numbers down first.' });
  return sum;
}

/** The sum of squares at `base`, rounded once: for people, results use the exact one. */
export function realSquares(state: Float64Array, base: number): number {
  const { whole, exponent } = digitsToWhole(state, base, SQUARE_SLOTS);
  return nearest(whole, exponent + SQUARE_EXPONENT);
}

/** √((n·Σx² − (Σx)²) / (n·divisor)) of doubles: exact below the root, rounded there and by the root. */
export function realDeviation(
  n: number,
  state: Float64Array,
  sumBase: number,
  squareBase: number,
  divisor: number,
): number {
  const sum = digitsToWhole(state, sumBase, REAL_SLOTS);
  const square = digitsToWhole(state, squareBase, SQUARE_SLOTS);
  const spread =
    ((BigInt(n) * square.whole) << BigInt(square.exponent)) - ((sum.whole * sum.whole) << BigInt(2 * sum.exponent));
  return rootOfRatio(spread, BigInt(n) * BigInt(divisor), SQUARE_EXPONENT);
}

/** `sum + value²` (or `− value²`) over two slots, for whole numbers. */
export function addSquare(state: Float64Array, at: number, value: number, sign: 1 | -1): void {
  const x = Math.abs(value);
  const a = Math.floor(x / HALF);
  const b = x - a * HALF;
  const cross = a * b;
  const crossWhole = Math.floor(cross / 33_554_432);
  const crossRest = cross - crossWhole * 33_554_432;
  const high = a * a + crossWhole;
  state[at + 1] += sign * high;
  moveLow(state, at, sign * b * b);
  if (crossRest !== 0) moveLow(state, at, sign * crossRest * 134_217_728);
  refuseWideSquares(state[at + 1]);
}

/** Adds |amount| < 2⁵² to the low slot, which stays in [0, 2⁵²). */
function moveLow(state: Float64Array, at: number, amount: number): void {
  let low = state[at] + amount;
  if (low >= LOW) {
    low -= LOW;
    state[at + 1] += 1;
  } else if (low < 0) {
    low += LOW;
    state[at + 1] -= 1;
  }
  state[at] = low;
}

export function mergeSquares(into: Float64Array, at: number, from: Float64Array, fromAt: number): void {
  into[at + 1] += from[fromAt + 1];
  moveLow(into, at, from[fromAt]);
  refuseWideSquares(into[at + 1]);
}

export function refuseWideSum(sum: number): void {
  if (sum <= Number.MAX_SAFE_INTEGER && sum >= Number.MIN_SAFE_INTEGER) return;
  throw new TidemarkError({
    what: 'sum too large to be exact',
    expected: 'at most 2^53 − 1 units',
    found: `about ${sum}`,
    hint: 'Sum CAST(… AS DOUBLE) instead.',
  });
}

function refuseWideSquares(high: number): void {
  if (high <= Number.MAX_SAFE_INTEGER) return;
  throw new TidemarkError({
    what: 'sum of squares too large to be exact',
    expected: 'less than 2^105 units',
    hint: 'Take the deviation of CAST(… AS DOUBLE) instead.',
  });
}

/**
 * Deviation of whole numbers from n, Σx and Σx² (two limbs), times 1/`unit` (100 for cents): the numerator
 * n·Σx² − (Σx)² is exact and rounded once, then divided and rooted. `divisor` is n for a population, n − 1 for a sample.
 */
export function wholeDeviation(
  n: number,
  sum: number,
  low: number,
  high: number,
  divisor: number,
  unit: number,
): number {
  const size = Math.abs(sum);
  const denominator = n * divisor * unit * unit;
  if (n >= HALF || size >= LOW || high >= HALF || denominator > Number.MAX_SAFE_INTEGER) {
    const squares = BigInt(high) * BigInt(LOW) + BigInt(low);
    const spread = BigInt(n) * squares - BigInt(sum) * BigInt(sum);
    return rootOfRatio(spread, BigInt(n) * BigInt(divisor) * BigInt(unit) * BigInt(unit), 0);
  }
  // (Σx)² is at most n·Σx², so where that is exact the other is.
  if (high === 0 && n * low <= Number.MAX_SAFE_INTEGER) return Math.sqrt((n * low - size * size) / denominator);
  // Dividing by a power of two is exact, and `%` of doubles is slow.
  const s1 = Math.floor(size / HALF);
  const s0 = size - s1 * HALF;
  const l1 = Math.floor(low / HALF);
  const l0 = low - l1 * HALF;
  const c = n * l0 - s0 * s0;
  const carryC = Math.floor(c / HALF);
  const b = n * l1 - 2 * s1 * s0 + carryC;
  const carryB = Math.floor(b / HALF);
  const a = n * high - s1 * s1 + carryB;
  return Math.sqrt((a * LOW + ((b - carryB * HALF) * HALF + (c - carryC * HALF))) / denominator);
}

/** √(numerator / denominator × 2^exponent) for numerator ≥ 0 and an even exponent; never overflows on the way. */
function rootOfRatio(numerator: bigint, denominator: bigint, exponent: number): number {
  if (numerator <= 0n) return 0;
  const shift = 2 * Math.max(0, Math.ceil((66 - bitLength(numerator) + bitLength(denominator)) / 2));
  const widened = numerator << BigInt(shift);
  let quotient = widened / denominator;
  // The last bit remembers that something was cut off; with 62 bits or more it is clear of the rounding place.
  if (quotient * denominator !== widened) quotient |= 1n;
  const cut = 2 * Math.max(0, Math.ceil((bitLength(quotient) - 1000) / 2));
  const head = cut === 0 ? quotient : (quotient >> BigInt(cut)) | 1n;
  return scaled(Math.sqrt(Number(head)), (exponent - shift + cut) / 2);
}

/** The double nearest to `whole × 2^exponent`. */
function nearest(whole: bigint, exponent: number): number {
  const size = whole < 0n ? -whole : whole;
  const cut = Math.max(0, bitLength(size) - 1000);
  const head = cut === 0 ? size : (size >> BigInt(cut)) | 1n;
  const value = scaled(Number(head), exponent + cut);
  return whole < 0n ? -value : value;
}

const bitLength = (whole: bigint): number => whole.toString(16).length * 4;

/** `value × 2^exponent`, in steps that neither overflow nor lose bits on the way. */
function scaled(value: number, exponent: number): number {
  let result = value;
  let left = exponent;
  while (left !== 0) {
    const step = Math.min(Math.abs(left), 1000);
    result = left > 0 ? result * powerOfTwo(step) : result / powerOfTwo(step);
    left -= Math.sign(left) * step;
  }
  return result;
}

const POWERS = new Float64Array(1024);
POWERS[0] = 1;
for (let i = 1; i < POWERS.length; i += 1) POWERS[i] = POWERS[i - 1] * 2;

const powerOfTwo = (exponent: number): number => POWERS[exponent];
