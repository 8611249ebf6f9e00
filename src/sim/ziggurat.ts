import { exp, log } from './maths';

/**
 * The normal curve cut into 128 layers of equal area. Layer i reaches from 0 to `edge[i]`; the share `ratio[i]` of it
 * lies wholly under the curve. `height[i]` is the curve at `edge[i]`. Layer 0 holds the tail beyond `TAIL`.
 */
export const LAYERS = 128;
export const TAIL = 3.442619855899;
const AREA = 9.91256303526217e-3;

export const edge = new Float64Array(LAYERS + 1);
export const ratio = new Float64Array(LAYERS);
export const height = new Float64Array(LAYERS + 1);

const curve = (x: number): number => exp(-0.5 * x * x);

edge[0] = AREA / curve(TAIL);
edge[1] = TAIL;
for (let i = 2; i < LAYERS; i += 1) edge[i] = Math.sqrt(-2 * log(AREA / edge[i - 1] + curve(edge[i - 1])));
for (let i = 0; i < LAYERS; i += 1) ratio[i] = edge[i + 1] / edge[i];
for (let i = 0; i <= LAYERS; i += 1) height[i] = curve(edge[i]);
