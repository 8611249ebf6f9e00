import { expect, test } from 'vitest';
import { seconds } from '../../src/model';
import { type ExerciseCell, type ScenarioCell, type SqlCell } from '../../src/notebook/document';
import { cellsOf } from '../../src/notebook/settle';
import { controlOf, settingWords } from '../../src/site/setting';
import { broken, parse } from '../notebook/sample';

/** The control that an exercise has for one option, with its cells as written. */
function control(name: string, start: string, solution: string) {
  const text = broken('start: {wait: 0 s, lateness: 0}', `start: ${start}`)
    .replace('solution: {wait: 30 s, lateness: 10m}', `solution: ${solution}`)
    .replace('wrong: [{set: {lateness: 1m}, fails: dropped}]', 'wrong: []');
  const cells = cellsOf(parse(text));
  const find = <K extends string>(kind: K) => cells.find((one) => one.kind === kind);
  const [exercise, sql, scenario] = [find('exercise'), find('sql'), find('scenario')];
  return controlOf(name, exercise as ExerciseCell, sql as SqlCell, scenario as ScenarioCell);
}

test('a quantity that there may be none of can be switched off, and has a range of real numbers', () => {
  expect(control('idle', '{idle: none}', '{idle: 30 s}')).toMatchObject({
    control: 'quantity',
    none: true,
    knob: { label: 'Idle after', min: 0, max: seconds(120), step: seconds(1) },
  });
  expect(control('idle', '{idle: 10 s}', '{idle: 30 s}')).toMatchObject({ control: 'quantity', none: false });
  expect(settingWords({ idle: 'none' })).toEqual([{ name: 'Idle after', value: 'none' }]);
});

test('an evictor is chosen among those that the exercise speaks of; a changelog is one of two', () => {
  expect(control('evictor', '{evictor: none}', '{evictor: count(2)}')).toMatchObject({
    control: 'choice',
    choices: [{ value: 'count(2)' }, { value: 'none' }],
  });
  expect(control('changelog', '{changelog: retract}', '{changelog: upsert}')).toMatchObject({
    control: 'choice',
    choices: [{ value: 'retract' }, { value: 'upsert' }],
  });
});
