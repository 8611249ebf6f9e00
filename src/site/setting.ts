import { formatDuration } from '../model';
import { optionOf } from '../notebook/options';
import { type Option, type Written } from '../notebook/runOptions';
import { type ExerciseCell, type Knob, type ScenarioCell, type Setting, type SqlCell } from '../notebook/document';

/** A control of an exercise: a quantity, a choice, or a text. */
export type Control =
  /** `none`: the exercise also offers to have none of it. */
  | { control: 'quantity'; name: string; knob: Omit<Knob, 'value'>; none: boolean }
  | { control: 'choice'; name: string; label: string; choices: { value: string; text: string }[] }
  | { control: 'sql'; name: 'sql' };

const NICE = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400].map(
  (one) => one * 1_000,
);

/** The control for one option of an exercise. A knob of the scenario lends its range and its name. */
export function controlOf(name: string, cell: ExerciseCell, sql: SqlCell, scenario: ScenarioCell): Control {
  const option = optionOf(name);
  if (!option) return { control: 'sql', name: 'sql' };
  const { label } = option;
  switch (option.written.as) {
    case 'choice':
    case 'switch':
      return { control: 'choice', name, label, choices: choicesOf(option) };
    case 'stream': {
      const streams = Object.keys(scenario.scenario.streams).map((one) => ({ value: one, text: one }));
      return { control: 'choice', name, label, choices: [{ value: 'none', text: 'none' }, ...streams] };
    }
    case 'trigger':
    case 'watermark':
    case 'evictor': {
      // The texts that the exercise itself names: the reader need not type brackets.
      const choices = [...new Set(mentioned(name, cell).map(String))].sort();
      return { control: 'choice', name, label, choices: choices.map((text) => ({ value: text, text })) };
    }
    case 'amount':
      return {
        control: 'quantity',
        name,
        knob: knobOf(name, cell, sql, scenario),
        none: mentioned(name, cell).includes('none'),
      };
  }
}

const wordsOf = (written: Written | undefined): Readonly<Record<string, string>> =>
  written && 'words' in written ? written.words : {};

const choicesOf = ({ written }: Option): { value: string; text: string }[] =>
  Object.entries(wordsOf(written)).map(([value, text]) => ({ value, text }));

/** The values of one option in the start, the solution and the known mistakes of an exercise. */
const mentioned = (name: string, { start, solution, wrong }: ExerciseCell): (string | number)[] =>
  [start, solution, ...wrong.map(({ set }) => set)].flatMap((set) => set[name] ?? []);

function knobOf(name: string, cell: ExerciseCell, sql: SqlCell, scenario: ScenarioCell): Omit<Knob, 'value'> {
  const written = sql.options[optionOf(name)!.field];
  const knob = typeof written === 'string' ? scenario.knobs.find((one) => `$${one.name}` === written) : undefined;
  return knob ?? rangeOf(name, cell);
}

/** From nothing to a round number well above everything that the exercise itself mentions. */
function rangeOf(name: string, cell: ExerciseCell): Omit<Knob, 'value'> {
  const most = Math.max(60_000, ...mentioned(name, cell).map(Number).filter(Number.isFinite));
  const max = NICE.find((one) => one >= most * 1.5) ?? most * 2;
  return {
    name,
    label: optionOf(name)?.label ?? name,
    unit: 'duration',
    min: 0,
    max,
    step: NICE.filter((one) => one <= max / 60).pop() ?? 1_000,
  };
}

/** A setting in words. */
export function settingWords(setting: Setting): { name: string; value: string }[] {
  return Object.entries(setting).map(([name, value]) => {
    const option = optionOf(name);
    return {
      name: option?.label ?? name,
      value:
        wordsOf(option?.written)[String(value)] ?? (typeof value === 'number' ? formatDuration(value) : String(value)),
    };
  });
}
