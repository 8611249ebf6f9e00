import { type Component } from 'svelte';
import { FIGURES } from '../../src/figures';
import Tradeoff from '../../src/figures/Tradeoff.svelte';
import { BIGINT, DOUBLE, field, minutes, tableOf, type Snapshot } from '../../src/model';
import { type FigureName } from '../../src/notebook/figures';
import { crowd } from './crowd';
import { pictured } from './pictures';
import { snapshotOf, tunnel } from './snapshot';

/** Every figure in several moments and widths: the same on a server and in a browser. */
export interface Scene {
  component: Component<Record<string, unknown>>;
  props: Record<string, unknown>;
}

const lateness = minutes(10);

const moments: Record<string, Snapshot> = {
  nothing: snapshotOf({ payments: tunnel, now: -1, partitions: 2 }),
  late: snapshotOf({ payments: tunnel, now: 13, lateness, partitions: 2 }),
  end: snapshotOf({ payments: tunnel, now: 18.5, lateness, ends: true }),
  crowd: snapshotOf({ payments: crowd(700, { span: 60, cards: 9 }), lateness }),
};

const options = { where: {}, color: null, value: null };

const figures = Object.entries(FIGURES).flatMap(([figure, { component }]) =>
  Object.entries(moments).flatMap(([moment, snapshot]) =>
    [320, 720].map((width): [string, Scene] => [
      `${figure}-${moment}-${width}`,
      { component: component as unknown as Scene['component'], props: { snapshot, options, width, name: 'f' } },
    ]),
  ),
);

/** Runs of the engine, for what the story by hand does not know. */
const RUNS: [run: string, figure: FigureName, some: Record<string, unknown>][] = [
  ['retracting', 'event-time-plane', { partitions: true, ideal: true }],
  ['sessions', 'event-time-plane', {}],
  ['sessions', 'window-lanes', {}],
  ['arrival', 'event-time-plane', {}],
  ['paced', 'event-time-plane', {}],
  ['retracting', 'changelog', {}],
  ['freed', 'partitions', {}],
  ['rule', 'join-lanes', {}],
  ['cut', 'join-lanes', {}],
  ['bills', 'join-lanes', { value: 'price' }],
  ['rule', 'state-table', {}],
];

const pictures = await Promise.all(
  RUNS.map(async ([run, figure, some]): Promise<[string, Scene]> => {
    const component = FIGURES[figure].component as unknown as Scene['component'];
    const snapshot = await pictured(run, figure, some);
    return [
      `${figure}-${run}`,
      { component, props: { snapshot, options: { ...options, ...some }, width: 720, name: 'f' } },
    ];
  }),
);

const runs = tableOf(
  [field('point', BIGINT), field('completeness', DOUBLE), field('latencyP50', BIGINT)],
  [
    [0, 0.71, 20_000],
    [1, 0.972, 78_000],
    [2, 0.991, 141_000],
  ],
);

const tradeoff = {
  component: Tradeoff as unknown as Scene['component'],
  props: {
    table: runs,
    values: [0, 60_000, 120_000],
    x: 'latencyP50',
    y: 'completeness',
    knob: 'wait',
    unit: 'duration',
    current: 60_000,
    width: 720,
  },
};

export const scenes: Record<string, Scene> = {
  ...Object.fromEntries([...figures, ...pictures]),
  tradeoff,
};
