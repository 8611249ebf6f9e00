import { TidemarkError } from '../../src/model';
import { flag, list, number, words } from '../../src/cases/fields';
import { CaseFault, type Item, type Json, type Kind } from '../../src/cases/kind';
import { runCase, type CaseVerdict } from '../../src/cases/run';

/**
 * A kind that emits what its events say: `put` is a list of outputs, `total` the sum of all values so far. So a
 * test writes both sides of a comparison.
 */
export const echo: Kind = {
  kind: 'echo',
  profiles: ['flink', 'beam', 'kafka'],
  compares: [
    'ordered',
    'set-per-event',
    'set',
    'multiset',
    'set-final',
    'final-set',
    'final',
    'final-view-by-id',
    'running-totals',
    'object',
    'by-profile',
  ],
  config: {
    'window.type': words('tumbling', 'sliding', 'session', 'global'),
    'window.size': number,
    'window.offset': number,
    'window.slide': number,
    'window.gap': number,
    'trigger.of': list,
    'trigger.of.n': number,
    watermark: words('exclusive'),
    end: flag,
    limit: number,
  },
  events: ['put', 'value', 'watermark', 'ts', 'batch', 'time', 'boom', 'profile'],
  expected: [
    ...['after', 'key', 'value', 'window', 'windows', 'late', 'retraction', 'id', 'op', 'windowTotals'],
    ...['watermark', 'total', 'nested', 'time'],
  ],
  facts: ['total'],
  top: ['dropped', 'windowBounds'],
  start({ config, profile }) {
    if (config.number('limit', 1) < 0) throw new TidemarkError({ what: 'limit is below zero' });
    if (config.number('limit', 1) === 0) throw new CaseFault('the adapter cannot do 0');
    let total = 0;
    const kept: Json[] = [];
    return {
      handle(event) {
        if (event.boom === true) throw new TidemarkError({ what: 'boom' });
        if (typeof event.value === 'number') total += event.value;
        const { put, watermark, time } = event;
        if (watermark !== undefined) return [{ watermark }];
        if (time !== undefined) return [{ time }];
        if (event.profile !== undefined) return [{ value: profile }];
        const outputs = (put ?? []) as Item[];
        if (!config.flag('end')) return outputs;
        kept.push(...outputs);
        return [];
      },
      facts: () => ({ total }),
      end: () => (kept.length === 1 && config.has('window.gap') ? (kept[0] as Item) : kept),
      top: () => ({ dropped: 3 }),
    };
  },
};

/** Runs a case of the fake kind; what is not given has a value that does not matter. */
export const run = (given: Record<string, unknown>, kind: Kind = echo): CaseVerdict =>
  runCase(
    {
      id: 'one',
      kind: 'echo',
      profile: 'flink',
      source: ['invented'],
      provenance: 'derived',
      rule: 'what goes in comes out',
      config: {},
      events: [],
      expected: [],
      compare: 'ordered',
      ...given,
    },
    new Map<string, Kind | null>([
      ['later', null],
      [kind.kind, kind],
    ]),
  );

/** Whether what one event per list emits meets what is expected. */
export const passes = (compare: string, put: unknown[][], expected: unknown, more: Record<string, unknown> = {}) =>
  run({ compare, events: put.map((outputs) => ({ put: outputs })), expected, ...more }).status === 'passed';
