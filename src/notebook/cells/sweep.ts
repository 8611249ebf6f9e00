import { METRICS, type SweepCell } from '../document';
import { didYouMean } from '../../sql/suggest';
import { turnedBy } from '../settle';
import { type CellKind } from './cell';

/** One knob, a run per value: a trade-off curve whose points are runs. */
export const sweep: CellKind<SweepCell> = {
  kind: 'sweep',
  head: ['reads', 'title'],
  body: 'yaml',
  read({ id, line, head, body, known }) {
    const cell = known.sql(head.need('reads'));
    const fields = body.fields(['knob', 'values', 'x', 'y']);
    const { knobs } = known.scenarioOf(cell);
    const item = fields.need('knob');
    const name = item.string().replace(/^\$/, '');
    const knob = knobs.find((one) => one.name === name && turnedBy(cell, name).length > 0);
    if (!knob) {
      const names = knobs.map((one) => one.name).filter((one) => turnedBy(cell, one).length > 0);
      throw item.error(`${name} is not a knob that ${cell.id} uses`, {
        expected: names.join(', ') || `wait=$… on ${cell.id}`,
        found: name,
        hint: didYouMean(name, names, 'knobs'),
      });
    }
    const values = fields
      .need('values')
      .list()
      .map((one) => {
        const value = knob.unit === 'duration' ? one.duration() : one.number();
        if (value < knob.min || value > knob.max)
          throw one.error('a value outside its knob', { expected: 'from min to max of the knob', found: one.shown });
        return value;
      });
    if (values.length < 2 || values.length > 40)
      throw fields
        .need('values')
        .error('a curve needs points', { expected: 'from 2 to 40 values', found: String(values.length) });
    return {
      kind: 'sweep',
      id,
      line,
      title: head.get('title')?.string() ?? '',
      reads: cell.id,
      knob: name,
      values,
      x: fields.need('x').oneOf(METRICS),
      y: fields.need('y').oneOf(METRICS),
    };
  },
};
