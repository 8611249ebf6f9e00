import { exp, log, pow } from './maths';
import { type Random } from './random';
import { TAIL, LAYERS, edge, height, ratio } from './ziggurat';

export { AliasTable } from './alias';

/** Standard normal, by the ziggurat of Marsaglia and Tsang with an independent layer (Doornik 2005). */
export function normal(random: Random): number {
  for (;;) {
    const u = 2 * random.float() - 1;
    const layer = random.bits() & (LAYERS - 1);
    const x = u * edge[layer];
    if (Math.abs(u) < ratio[layer]) return x;
    if (layer === 0) return u < 0 ? -tail(random) : tail(random);
    const low = height[layer];
    if (low + random.float() * (height[layer + 1] - low) < exp(-0.5 * x * x)) return x;
  }
}

/** Beyond the last layer the density falls like an exponential (Marsaglia 1964). */
function tail(random: Random): number {
  for (;;) {
    const x = -log(1 - random.float()) / TAIL;
    const y = -log(1 - random.float());
    if (y + y > x * x) return TAIL + x;
  }
}

/** e^(μ + σ·z): its median is e^μ. */
export const logNormal = (random: Random, mu: number, sigma: number): number => exp(mu + sigma * normal(random));

export const exponential = (random: Random, mean: number): number => -log(1 - random.float()) * mean;

/** How many trials until the first success, at least 1; mean 1/p. */
export function geometric(random: Random, p: number): number {
  if (p >= 1) return 1;
  return 1 + Math.floor(log(1 - random.float()) / log(1 - p));
}

/** Gamma with scale 1, by squeezing a cubed normal (Marsaglia and Tsang 2000). */
function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * pow(1 - random.float(), 1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (log(1 - random.float()) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
  }
}

/** A share in [0, 1] with mean a / (a + b). */
export function beta(random: Random, a: number, b: number): number {
  const x = gamma(random, a);
  return x / (x + gamma(random, b));
}

export const weibull = (random: Random, shape: number, scale: number): number =>
  scale * pow(-log(1 - random.float()), 1 / shape);

/** Equally likely in every equal ratio of [low, high). */
export const logUniform = (random: Random, low: number, high: number): number =>
  Math.min(low * exp(random.float() * log(high / low)), high);

/** Weights of ranks 1 … count under Zipf's law; draw from them with an `AliasTable`. */
export function zipfWeights(count: number, exponent = 1): Float64Array {
  return Float64Array.from({ length: count }, (_, rank) => pow(rank + 1, -exponent));
}
