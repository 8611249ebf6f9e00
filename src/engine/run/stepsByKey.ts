import { STEP_KINDS, stepCode, type StepLog } from '../../model';

const WRITTEN = stepCode('state written');
const FIRED = stepCode('window fired');
const MERGED = stepCode('windows merged');

/** By code: whether steps of the kind are listed. */
const LISTED = Uint8Array.from(STEP_KINDS, (_, code) => Number([WRITTEN, FIRED, MERGED].includes(code)));

/**
 * The steps of one operator that write state, merge windows or fire one, key by key, each key's in order. Made once for a run,
 * so that a picture of one key need not read the whole log; four bytes a step.
 */
export class StepsByKey {
  /** Steps of key k: `steps[starts[k]] … steps[starts[k + 1]]`. */
  readonly starts: Int32Array;
  readonly steps: Int32Array;

  constructor(log: StepLog, operator: number, keys: number) {
    this.starts = new Int32Array(keys + 1);
    const belongs = (at: number): boolean => log.operator[at] === operator && LISTED[log.kind[at]] === 1;
    for (let at = 0; at < log.length; at += 1) if (belongs(at)) this.starts[log.key[at] + 1] += 1;
    for (let key = 0; key < keys; key += 1) this.starts[key + 1] += this.starts[key];
    const next = this.starts.slice();
    this.steps = new Int32Array(this.starts[keys]);
    for (let at = 0; at < log.length; at += 1) {
      if (!belongs(at)) continue;
      const key = log.key[at];
      this.steps[next[key]] = at;
      next[key] += 1;
    }
  }
}
