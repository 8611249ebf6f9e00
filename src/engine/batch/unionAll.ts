import { type Plan, type UnionAll } from '../../sql/plan';
import { Collector, lazily, pushTable, type Consumer, type Identities, type Origin } from './chunk';

/**
 * All rows of all inputs, one input after the other. Rows keep their identity, made unique over the inputs as on
 * streams: `id0` becomes `id0 × inputs + port`. Append times break ties only where every input has them.
 */
export function unionAll(
  { inputs, schema }: UnionAll,
  push: (input: Plan, consume: Consumer) => void,
  consume: Consumer,
): void {
  const all = new Collector(schema);
  const parts = inputs.map((input): { origin: Origin; end: number } => {
    push(input, all.take);
    return { origin: all.origin, end: all.length };
  });
  const rows = all.rows();
  const origin = lazily((): Identities => {
    const [id0, id1, id2] = [0, 1, 2].map(() => new Float64Array(rows.length));
    let append: Float64Array | null = new Float64Array(rows.length);
    let at = 0;
    parts.forEach((part, port) => {
      if (at === part.end) return;
      const from = part.origin();
      if (!from.append) append = null;
      for (; at < part.end; at += 1) {
        const row = rows[at];
        id0[at] = from.id0[row] * inputs.length + port;
        id1[at] = from.id1[row];
        id2[at] = from.id2[row];
        if (append && from.append) append[at] = from.append[row];
      }
    });
    return { id0, id1, id2, append };
  });
  pushTable(all.table(), origin, consume);
}
