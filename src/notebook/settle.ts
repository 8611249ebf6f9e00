import { TidemarkError } from '../model';
import { type Cell, type Knob, type Lesson, type ScenarioCell, type Setting } from './document';
import { didYouMean } from '../sql/suggest';
import { exactOptions, OPTION_NAMES, optionOf, setOption } from './options';
import { type Fork, type RunSpec } from './run';
import { type OptionName } from './runOptions';

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
export const SETTING_NAMES: readonly string[] = [...OPTION_NAMES, 'sql'];

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
      options: exactOptions(cell.options, knobValues(from.knobs, turned.knobs ?? {}), scenario, unitsOf(from.knobs)),
      forks: [...(turned.forks?.[cell.id] ?? [])],
    };
    const setting = turned.settings?.[cell.id];
    specs[cell.id] = setting ? applySetting(spec, setting) : spec;
  }
  return specs;
}

export const cellsOf = (lesson: Lesson): Cell[] =>
  lesson.blocks.flatMap((block) => (block.block === 'cell' ? [block.cell] : []));

const unitsOf = (knobs: readonly Knob[]): Map<string, Knob['unit']> =>
  new Map(knobs.map(({ name, unit }) => [name, unit]));

/** Turned values are held to the knob's range, so that an old link cannot leave it. */
function knobValues(knobs: readonly Knob[], turned: Record<string, number>): Map<string, number> {
  return new Map(
    knobs.map(({ name, value, min, max }) => {
      const wanted = Object.hasOwn(turned, name) ? turned[name] : value;
      return [name, Number.isFinite(wanted) ? Math.min(max, Math.max(min, wanted)) : value];
    }),
  );
}

/** The same run with some options set anew. Durations are ms, or text such as `30 s`. Unknown names are an error. */
export function applySetting(spec: RunSpec, setting: Setting): RunSpec {
  let { sql, options } = spec;
  for (const [name, value] of Object.entries(setting)) {
    if (name === 'sql') sql = String(value);
    else if (optionOf(name)) options = setOption(options, name as OptionName, value, spec.scenario);
    else
      throw new TidemarkError({
        what: `no option ${name}`,
        where: 'setting',
        hint: didYouMean(name, SETTING_NAMES, 'options'),
      });
  }
  return { ...spec, sql, options };
}
