import { sumOf } from './twofold';

/** π/2 in three parts: the first two of 32 bits, so that a count of up to 20 bits times a part is exact. */
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.077100506303966e-11;
const HALF_PI_3 = 2.0222662487959506e-21;
const HALF_PI = 1.5707963267948966;
const HALF_PI_LOW = 6.123233995736766e-17;
const QUARTERS = 0.6366197723675814;

/** Beyond this the reduction by π/2 would lose digits. */
const REACH = 1_000_000;

/** Sine of an angle in radians, |x| ≤ 1,000,000. Throws a RangeError beyond. */
export function sin(x: number): number {
  return turned(x, 0);
}

/** Cosine of an angle in radians, |x| ≤ 1,000,000. Throws a RangeError beyond. */
export function cos(x: number): number {
  return turned(x, 1);
}

/** Sine of x + shift·π/2. */
function turned(x: number, shift: number): number {
  if (!(Math.abs(x) <= REACH)) {
    if (Number.isFinite(x)) throw new RangeError(`angle ${x} is beyond ${REACH}`);
    return NaN;
  }
  if (x === 0) return shift === 0 ? x : 1;
  const quarters = Math.floor(x * QUARTERS + 0.5);
  const first = sumOf(x - quarters * HALF_PI_1, -quarters * HALF_PI_2);
  const { high, low } = sumOf(first.high, first.low - quarters * HALF_PI_3);
  const quadrant = (quarters + shift) & 3;
  const size = quadrant & 1 ? nearCos(high, low) : nearSin(high, low);
  return quadrant & 2 ? -size : size;
}

/** Sine of r + low for |r| ≤ π/4, by its Taylor series. */
function nearSin(r: number, low: number): number {
  const z = r * r;
  const series =
    1 / 120 -
    z *
      (1 / 5040 -
        z *
          (1 / 362880 -
            z * (1 / 39916800 - z * (1 / 6227020800 - z * (1 / 1307674368000 - z * (1 / 355687428096000))))));
  return r + (z * r * (z * series - 1 / 6) + low * (1 - 0.5 * z));
}

/** Cosine of r + low for |r| ≤ π/4; 1 − z/2 is taken apart so that its rounding is added back. */
function nearCos(r: number, low: number): number {
  const z = r * r;
  const series =
    1 / 24 -
    z *
      (1 / 720 -
        z * (1 / 40320 - z * (1 / 3628800 - z * (1 / 479001600 - z * (1 / 87178291200 - z * (1 / 20922789888000))))));
  const half = 0.5 * z;
  const most = 1 - half;
  return most + (1 - most - half + (z * z * series - r * low));
}

/** Coefficients of the Taylor series of asin: 1/6, 3/40, 15/336 … */
const ASIN = ((): number[] => {
  const terms: number[] = [];
  let ratio = 1;
  for (let n = 1; n <= 26; n += 1) {
    ratio *= (2 * n - 1) / (2 * n);
    terms.push(ratio / (2 * n + 1));
  }
  return terms;
})();

/** The angle in [−π/2, π/2] whose sine is x. At most 2.5 units in the last place off. */
export function asin(x: number): number {
  const size = Math.abs(x);
  if (!(size <= 1)) return NaN;
  if (size <= 0.5) return smallAsin(x);
  const angle = HALF_PI - (2 * smallAsin(Math.sqrt((1 - size) * 0.5)) - HALF_PI_LOW);
  return x < 0 ? -angle : angle;
}

function smallAsin(x: number): number {
  const z = x * x;
  let series = 0;
  for (let i = ASIN.length - 1; i >= 0; i -= 1) series = series * z + ASIN[i];
  return x + x * z * series;
}
