/** Elementary functions in BigInt fixed point with 1,200 fraction bits: what our own maths is measured against. */
const BITS = 1_200;
const SHIFT = BigInt(BITS);
const ONE = 1n << SHIFT;

/** A double as an exact fixed-point number (every double above 2^-1074 fits). */
export function exact(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xfffffffffffffn) | (exponent ? 1n << 52n : 0n);
  const power = BITS + Math.max(exponent, 1) - 1075;
  const size = power >= 0 ? mantissa << BigInt(power) : mantissa >> BigInt(-power);
  return bits >> 63n ? -size : size;
}

/** Distance of `got` from the true value, in units of the last place of `got`. */
export function ulps(got: number, truth: bigint): number {
  const size = Math.abs(got);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, size);
  const next = new DataView(new ArrayBuffer(8));
  next.setBigUint64(0, view.getBigUint64(0) + 1n);
  const unit = exact(next.getFloat64(0)) - exact(size);
  const gap = exact(got) - truth;
  return Number(((gap < 0n ? -gap : gap) * 1_000_000n) / unit) / 1_000_000;
}

const times = (a: bigint, b: bigint, shift = SHIFT): bigint => (a * b) >> shift;

/** atanh(1/n) and atan(1/n) for whole n. */
function inverseSeries(n: bigint, sign: bigint): bigint {
  let sum = 0n;
  let term = ONE / n;
  for (let k = 1n; term; k += 2n) {
    sum += term / k;
    term = (sign * term) / (n * n);
  }
  return sum;
}

const LN2 = 2n * inverseSeries(3n, 1n);
const PI = 4n * (4n * inverseSeries(5n, -1n) - inverseSeries(239n, -1n));

/** Works with 320 bits after the reduction: plenty beside the 53 of a double. */
const SHORT = 320n;
const CUT = SHIFT - SHORT;

function series(x: bigint, start: bigint, step: (k: bigint) => bigint): bigint {
  let sum = start;
  let term = start;
  for (let k = 1n; term; k += 1n) {
    term = times(term, x, SHORT) / step(k);
    sum += term;
  }
  return sum;
}

export function expReference(x: bigint): bigint {
  const k = x / LN2;
  const r = x - k * LN2;
  const power = series(r >> CUT, 1n << SHORT, (n) => n) << CUT;
  return k >= 0n ? power << k : power >> -k;
}

export function logReference(x: number): bigint {
  let m = exact(x);
  const k = m.toString(2).length - 1 - BITS;
  m = k >= 0 ? m >> BigInt(k) : m << BigInt(-k);
  const s = ((m - ONE) << SHORT) / (m + ONE);
  const z = times(s, s, SHORT);
  let sum = 0n;
  let term = s;
  for (let n = 1n; term; n += 2n) {
    sum += term / n;
    term = times(term, z, SHORT);
  }
  return ((2n * sum) << CUT) + BigInt(k) * LN2;
}

export const powReference = (x: number, y: number): bigint => expReference(times(logReference(x), exact(y)));

export function sinReference(x: bigint): bigint {
  const turn = 2n * PI;
  let r = x % turn;
  if (r > PI) r -= turn;
  if (r < -PI) r += turn;
  const short = r >> CUT;
  const z = times(short, short, SHORT);
  return series(-z, short, (k) => 2n * k * (2n * k + 1n)) << CUT;
}

export const cosReference = (x: bigint): bigint => sinReference(x + PI / 2n);
