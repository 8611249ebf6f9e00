import { DOUBLE, field, STRING, TIMESTAMP, type AggregateCall, type Over, type Schema } from '../../../src/index';
import { driveNode } from '../../support/driveNode';
import { either, names, nothing, number, words } from '../../../src/cases/fields';
import { columnOf, pack, scanOf, unpack } from '../joinPlans';
import { CaseFault, numberOf, textOf, type Json, type Kind } from '../../../src/cases/kind';
import { callOf, resultFields } from '../queryPlans';

const INPUT: Schema = [
  field('key', STRING, true),
  field('ts', TIMESTAMP),
  field('id', STRING),
  field('value', DOUBLE, true),
];

const CALLS: Record<string, AggregateCall> = {
  count: callOf('COUNT', null),
  sum: callOf('SUM', columnOf(INPUT, 'value')),
  min: callOf('MIN', columnOf(INPUT, 'value')),
  max: callOf('MAX', columnOf(INPUT, 'value')),
};

/** The aggregate of a name: `sum`, or `sum(value)`. */
function callNamed(name: Json): string {
  const [word] = textOf(name).toLowerCase().split('(');
  if (Object.hasOwn(CALLS, word)) return word;
  throw new CaseFault(`no aggregate ${JSON.stringify(name)}`);
}

/** Rolling aggregates: what each accepted row says. Rows that the watermark has not reached say nothing. */
export const overAggregate: Kind = {
  kind: 'over-aggregate',
  profiles: ['flink'],
  compares: ['set-final', 'ordered', 'set-per-event', 'set', 'multiset'],
  config: {
    partitionBy: either(words('key'), nothing),
    orderBy: words('ts'),
    'frame.type': words('range', 'rows'),
    'frame.preceding': either(number, words('unbounded')),
    aggregates: names,
    lateRule: words('last-triggered-row', 'watermark'),
  },
  events: ['id key ts value', 'id ts value', 'watermark'],
  expected: ['after', 'id', 'count', 'sum', 'max', 'min'],
  start({ config }) {
    const asked = config.list('aggregates', Object.keys(CALLS)).map(callNamed);
    const aggregates = asked.map((name) => CALLS[name]);
    const preceding = config.at('frame.preceding') === 'unbounded' ? null : config.number('frame.preceding');
    const plan: Over = {
      node: 'over',
      input: scanOf('events', INPUT),
      partitionBy: config.at('partitionBy') === 'key' ? [columnOf(INPUT, 'key')] : [],
      frame: { unit: config.word('frame.type') as 'range' | 'rows', preceding },
      aggregates,
      schema: [...INPUT, ...resultFields(aggregates)],
      timeColumn: 1,
    };
    const drive = driveNode(plan, {
      lateRule: config.has('lateRule') ? (config.word('lateRule') as 'watermark' | 'last-triggered-row') : null,
    });
    return {
      feed(event) {
        if (plan.partitionBy.length > 0 && !('watermark' in event) && !('key' in event)) {
          throw new CaseFault('a row without a key, and frames are by key');
        }
        const found =
          'watermark' in event
            ? drive.advance(numberOf(event.watermark))
            : drive.row([pack(event.key), numberOf(event.ts), pack(event.id), event.value as number | null], {
                time: numberOf(event.ts),
              });
        return found.map(({ row }) => ({
          id: unpack(row.id),
          ...Object.fromEntries(asked.map((name) => [name, row[CALLS[name].text]])),
        }));
      },
    };
  },
};
