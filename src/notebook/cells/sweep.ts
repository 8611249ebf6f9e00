import { METRICS, type SweepCell } from '../document';
import { unknownName } from '../../sql/suggest';
import { type Item } from '../item';
import { turnedBy } from '../options';
import { type CellKind } from './cell';

/** More runs than this and a sweep is refused. */
const MOST_RUNS = 200;

/**
 * One knob or two, a run per value or pair: trade-off curves whose points are runs.
 *
 *     ```sweep id=curve reads=spend
 *     knob: wait
 *     values: [0 s, 30 s, 2 min]
 *     x: latencyP50
 *     y: completeness
 *     ```
 *
 * With two knobs, `knobs: {wait: [0 s, 30 s, 2 min], keep: [0 s, 10 min]}` in place of `knob` and `values`: the first runs
 * along each curve, and there is a curve for each value of the second. `x` and `y` are what is drawn first; the reader may
 * choose any other metric.
 */
export const sweep: CellKind<SweepCell> = {
  head: ['reads', 'title'],
  body: 'yaml',
  read({ head, body, known }) {
    const cell = known.cell(head.need('reads'), 'sql');
    const fields = body.fields(['knob', 'values', 'knobs', 'x', 'y']);
    const { knobs } = known.scenarioOf(cell);
    const one = (name: string, item: Item, values: Item): SweepCell['knobs'][number] => {
      const knob = knobs.find((other) => other.name === name && turnedBy(cell, name).length > 0);
      if (!knob) {
        const names = knobs.map((other) => other.name).filter((other) => turnedBy(cell, other).length > 0);
        throw item.error(`${name} is not a knob that ${cell.id} uses`, {
          ...unknownName(name, names, 'knobs'),
          expected: names.join(', ') || `wait=$… on ${cell.id}`,
        });
      }
      const list = values.list().map((item) => {
        const value = knob.unit === 'duration' ? item.duration() : item.number();
        if (value >= knob.min && value <= knob.max) return value;
        throw item.error('a value outside its knob', { expected: 'from min to max of the knob' });
      });
      if (list.length > 1 && new Set(list).size === list.length) return { name, values: list };
      throw values.error('a curve needs points', { expected: 'at least 2 values, each once' });
    };
    const pair = fields.get('knobs');
    const swept = pair
      ? pair.entries().map(([name, values]) => one(name, pair, values))
      : [one(fields.need('knob').string().replace(/^\$/, ''), fields.need('knob'), fields.need('values'))];
    const runs = swept.reduce((product, { values }) => product * values.length, 1);
    if (swept.length > 2 || runs > MOST_RUNS)
      throw (pair ?? fields.need('values')).error('too many runs', {
        expected: `one knob or two, and at most ${MOST_RUNS} runs`,
        found: `${swept.length} knobs, ${runs} runs`,
      });
    return {
      reads: cell.id,
      knobs: swept,
      x: fields.need('x').oneOf(METRICS),
      y: fields.need('y').oneOf(METRICS),
    };
  },
};
