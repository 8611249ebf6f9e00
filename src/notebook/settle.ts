import { parseDuration, TidemarkError, type Duration } from '../model';
import {
  type Amount,
  type Cell,
  type Knob,
  type Lesson,
  type RunOptions,
  type ScenarioCell,
  type Setting,
  type SqlCell,
} from './document';
import { didYouMean } from '../sql/suggest';
import { type ExactOptions, type Fork, type RunSpec } from './run';

/** What a reader has turned, over the author's original. Everything left out stays as the author wrote it. */
export interface Turned {
  /** Values by name of knob, in ms where the knob is a duration. Names are unique in a document. */
  knobs?: Record<string, number>;
  /** SQL texts by id of sql cell. */
  edits?: Record<string, string>;
  /** Options by id of sql cell; they win over knobs. */
  settings?: Record<string, Setting>;
  /** Seed of every scenario. */
  seed?: number | null;
  /** By id of sql cell. */
  forks?: Record<string, readonly Fork[]>;
}

/** Options that a setting may name; `sql` stands for the text. */
export const SETTING_NAMES = ['run', 'wait', 'lateness', 'edge', 'lookup', 'answer', 'every', 'end', 'sql'] as const;

/** The run of every sql cell, with nothing left open: id of the cell → spec. */
export function runSpecs(lesson: Lesson, turned: Turned = {}): Record<string, RunSpec> {
  const cells = cellsOf(lesson);
  const specs: Record<string, RunSpec> = {};
  for (const cell of cells) {
    if (cell.kind !== 'sql') continue;
    const from = cells.find((one): one is ScenarioCell => one.kind === 'scenario' && one.id === cell.reads);
    if (!from)
      throw new TidemarkError({
        what: `no scenario ${cell.reads}`,
        where: `cell ${cell.id}`,
        hint: 'Its reads= must name a scenario cell.',
      });
    const { scenario } = from;
    const spec: RunSpec = {
      scenario:
        turned.seed === undefined || turned.seed === null
          ? scenario
          : { ...scenario, data: { ...scenario.data, seed: turned.seed } },
      sql: turned.edits?.[cell.id] ?? cell.text,
      options: exactOptions(cell.options, knobValues(from.knobs, turned.knobs ?? {})),
      forks: [...(turned.forks?.[cell.id] ?? [])],
    };
    const setting = turned.settings?.[cell.id];
    specs[cell.id] = setting ? applySetting(spec, setting) : spec;
  }
  return specs;
}

export const cellsOf = (lesson: Lesson): Cell[] =>
  lesson.blocks.flatMap((block) => (block.block === 'cell' ? [block.cell] : []));

/** Turned values are held to the knob's range, so that an old link cannot leave it. */
function knobValues(knobs: readonly Knob[], turned: Record<string, number>): Map<string, number> {
  return new Map(
    knobs.map(({ name, value, min, max }) => {
      const wanted = Object.hasOwn(turned, name) ? turned[name] : value;
      return [name, Number.isFinite(wanted) ? Math.min(max, Math.max(min, wanted)) : value];
    }),
  );
}

export function exactOptions(options: RunOptions, knobs: ReadonlyMap<string, number>): ExactOptions {
  const exact = (amount: Amount): Duration => {
    if (typeof amount === 'number') return amount;
    const value = knobs.get(amount.slice(1));
    if (value === undefined)
      throw new TidemarkError({ what: `no knob ${amount}`, hint: didYouMean(amount.slice(1), knobs.keys(), 'knobs') });
    return value;
  };
  const { wait, lateness, every, ...rest } = options;
  return {
    ...rest,
    wait: wait === null ? null : exact(wait),
    lateness: exact(lateness),
    every: every === null ? null : exact(every),
  };
}

/** Options of a sql cell that a knob turns, in the order of the contract. */
export function turnedBy(cell: SqlCell, knob: string): ('wait' | 'lateness' | 'every')[] {
  return (['wait', 'lateness', 'every'] as const).filter((name) => cell.options[name] === `$${knob}`);
}

/** The same run with some options set anew. Durations are ms, or text such as `30 s`. Unknown names are an error. */
export function applySetting(spec: RunSpec, setting: Setting): RunSpec {
  let { sql } = spec;
  const options = { ...spec.options };
  for (const [name, value] of Object.entries(setting)) {
    switch (name) {
      case 'sql':
        sql = String(value);
        break;
      case 'run':
        options.mode = oneOf(name, value, ['stream', 'batch']);
        break;
      case 'edge':
        options.edge = oneOf(name, value, ['closed', 'open-left', 'open-right']);
        break;
      case 'answer':
        options.answer = oneOf(name, value, ['state', 'rescan']);
        break;
      case 'end':
        options.end = oneOf(name, value, ['flush', 'quiet']);
        break;
      case 'lookup':
        options.lookup = value === 'none' ? null : String(value);
        break;
      case 'wait':
      case 'lateness':
        options[name] = span(name, value);
        break;
      case 'every':
        options.every = value === 'none' ? null : span(name, value);
        break;
      default:
        throw new TidemarkError({
          what: `no option ${name}`,
          where: 'setting',
          hint: didYouMean(name, SETTING_NAMES, 'options'),
        });
    }
  }
  return { ...spec, sql, options };
}

function oneOf<T extends string>(name: string, value: string | number, names: readonly T[]): T {
  const found = names.find((one) => one === value);
  if (found === undefined) {
    throw new TidemarkError({
      what: `no such ${name}`,
      where: 'setting',
      expected: names.join(' or '),
      found: JSON.stringify(value),
      hint: didYouMean(String(value), names, 'choices'),
    });
  }
  return found;
}

function span(name: string, value: string | number): Duration {
  const ms = typeof value === 'number' ? value : parseDuration(value);
  if (!Number.isSafeInteger(ms) || ms < 0) {
    throw new TidemarkError({
      what: `${name} is out of range`,
      where: 'setting',
      expected: 'a duration of 0 s or more',
      found: JSON.stringify(value),
    });
  }
  return ms;
}
