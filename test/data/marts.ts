import { type DataSpec, makeMartNow, type Mart } from '../../src/data';

const made = new Map<string, Mart>();

/** A mart, made once for all tests of a file. */
export function mart(preset: DataSpec['preset'], seed: number, mode: DataSpec['mode'] = 'realistic'): Mart {
  const name = `${preset} ${seed} ${mode}`;
  const known = made.get(name) ?? makeMartNow({ preset, seed, mode });
  made.set(name, known);
  return known;
}

export const SEEDS = [1, 2, 3, 4, 5];
