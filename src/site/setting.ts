import { formatDuration } from '../model';
import { type ExerciseCell, type Knob, type ScenarioCell, type Setting, type SqlCell } from '../notebook/document';

/** A control of an exercise: a quantity, a choice, or a text. */
export type Control =
  | { control: 'quantity'; name: string; knob: Omit<Knob, 'value'> }
  | { control: 'choice'; name: string; label: string; choices: { value: string; text: string }[] }
  | { control: 'sql'; name: 'sql' };

const LABELS: Record<string, string> = {
  wait: 'Wait',
  lateness: 'Allowed lateness',
  every: 'Run every',
  edge: 'Edge of the window',
  run: 'Run as',
  answer: 'Requests are answered',
  end: 'After the last event, the input',
  lookup: 'Requests',
};

const CHOICES: Record<string, { value: string; text: string }[]> = {
  run: [
    { value: 'stream', text: 'a stream job' },
    { value: 'batch', text: 'a batch job' },
  ],
  edge: [
    { value: 'closed', text: '[t−W, t]' },
    { value: 'open-left', text: '(t−W, t]' },
    { value: 'open-right', text: '[t−W, t)' },
  ],
  answer: [
    { value: 'state', text: 'from state' },
    { value: 'rescan', text: 'by reading the log again' },
  ],
  end: [
    { value: 'flush', text: 'ends' },
    { value: 'quiet', text: 'stays quiet' },
  ],
};

const NICE = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400].map(
  (one) => one * 1_000,
);

/** The control for one option of an exercise. A knob of the scenario lends its range and its name. */
export function controlOf(name: string, cell: ExerciseCell, sql: SqlCell, scenario: ScenarioCell): Control {
  if (name === 'sql') return { control: 'sql', name };
  if (CHOICES[name]) return { control: 'choice', name, label: LABELS[name], choices: CHOICES[name] };
  if (name === 'lookup') {
    const streams = Object.keys(scenario.scenario.streams).map((one) => ({ value: one, text: one }));
    return { control: 'choice', name, label: LABELS[name], choices: [{ value: 'none', text: 'none' }, ...streams] };
  }
  const written = sql.options[name as 'wait' | 'lateness' | 'every'];
  const knob = typeof written === 'string' ? scenario.knobs.find((one) => `$${one.name}` === written) : undefined;
  return { control: 'quantity', name, knob: knob ?? rangeOf(name, cell) };
}

/** From nothing to a round number well above everything that the exercise itself mentions. */
function rangeOf(name: string, cell: ExerciseCell): Omit<Knob, 'value'> {
  const mentioned = [cell.start, cell.solution, ...cell.wrong.map((one) => one.set)].map((set) =>
    Number(set[name] ?? 0),
  );
  const most = Math.max(60_000, ...mentioned.filter(Number.isFinite));
  const max = NICE.find((one) => one >= most * 1.5) ?? most * 2;
  return {
    name,
    label: LABELS[name] ?? name,
    unit: 'duration',
    min: 0,
    max,
    step: NICE.filter((one) => one <= max / 60).pop() ?? 1_000,
  };
}

/** A setting in words. */
export function settingWords(setting: Setting): { name: string; value: string }[] {
  return Object.entries(setting).map(([name, value]) => {
    const choice = CHOICES[name]?.find((one) => one.value === value)?.text;
    return {
      name: LABELS[name] ?? name,
      value: choice ?? (typeof value === 'number' ? formatDuration(value) : String(value)),
    };
  });
}
