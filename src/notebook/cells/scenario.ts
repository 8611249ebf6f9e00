import { PRESETS, SCHEMAS, type DataSpec, type StreamSpec } from '../../data';
import { parseDuration } from '../../model';
import { type Knob, type ScenarioCell } from '../document';
import { type Item } from '../item';
import { readStream } from '../streams';
import { type CellKind } from './cell';

const LARGEST_SEED = 4_294_967_295;

/** The world of a lesson: its data, its streams, and the knobs that a reader may turn. */
export const scenario: CellKind<ScenarioCell> = {
  head: ['title'],
  body: 'yaml',
  read({ body }) {
    const fields = body.fields(['data', 'streams', 'knobs']);
    const streams: Record<string, StreamSpec> = {};
    const entries = fields.need('streams').entries();
    for (const [name, item] of entries) {
      if (!/^[A-Za-z_]\w*$/.test(name))
        throw item.error(`${name} cannot name a stream`, {
          expected: 'letters, digits and _',
          found: JSON.stringify(name),
        });
      streams[name] = readStream(item, name);
    }
    if (!entries.length)
      throw fields.need('streams').error('no streams', { expected: 'name: {table: …, key: …}', found: 'nothing' });
    const data = readData(fields.get('data'));
    // The other tables are small, and always there.
    const made = entries.find(([name]) => Object.hasOwn(SCHEMAS, streams[name].table ?? ''));
    if (data.preset === 'none' && made) {
      throw made[1].error(`stream ${made[0]} reads a table, but no data is made`, {
        expected: 'data: {preset: page, seed: 7}',
        found: 'preset none',
        hint: 'Give data a preset.',
      });
    }
    return {
      scenario: { data, streams },
      knobs:
        fields
          .get('knobs')
          ?.entries()
          .map(([name, item]) => readKnob(name, item)) ?? [],
    };
  },
};

function readData(item: Item | null): DataSpec {
  const fields = item?.fields(['preset', 'seed', 'mode']);
  return {
    preset: fields?.get('preset')?.oneOf(PRESETS) ?? 'none',
    seed: fields?.get('seed')?.whole(0, LARGEST_SEED) ?? 1,
    mode: fields?.get('mode')?.oneOf(['realistic', 'book']) ?? 'realistic',
  };
}

function readKnob(name: string, item: Item): Knob {
  if (!/^[a-z]\w*$/i.test(name))
    throw item.error(`${name} cannot name a knob`, { expected: 'letters, digits and _', found: JSON.stringify(name) });
  const fields = item.fields(['value', 'min', 'max', 'step', 'label']);
  const amounts = (['value', 'min', 'max', 'step'] as const).flatMap((key) => fields.get(key) ?? []);
  const unit = amounts.some(isDuration) ? 'duration' : 'number';
  const read = (one: Item): number => (unit === 'duration' ? one.duration() : one.number());
  const [least, most, at, by] = [fields.get('min'), fields.need('max'), fields.need('value'), fields.get('step')];
  const [min, max, value] = [least ? read(least) : 0, read(most), read(at)];
  const step = by ? read(by) : unit === 'duration' ? 1_000 : 1;
  if (max <= min) throw most.error('the range of a knob is empty', { expected: `max above ${min}` });
  if (value < min || value > max)
    throw at.error('the value of a knob is outside its range', { expected: `from min to max` });
  if (step <= 0) throw by!.error('the step of a knob is not above 0', { expected: 'such as 10 s' });
  return { name, label: fields.get('label')?.string() ?? name, unit, value, min, max, step };
}

/** `2 min` is a duration; `2` and `0` are numbers unless a neighbour has a unit. */
function isDuration(item: Item): boolean {
  if (typeof item.scalar !== 'string') return false;
  item.placed(() => parseDuration(item.string()));
  return true;
}
