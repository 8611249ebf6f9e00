import { expect, test } from 'vitest';
import { StateBackend } from '../../../src/engine/state/backend';
import { type Numbers } from '../../../src/engine/state/numbers';

const subtasks = (of: number): { state: StateBackend; numbers: Numbers }[] =>
  Array.from({ length: of }, (_, index) => {
    const state = new StateBackend({ stateRows: 0, stateRowsMax: 0 }, { index, of });
    return { state, numbers: state.numbers() };
  });

function handOut({ numbers }: { numbers: Numbers }, count: number): number[] {
  const first = numbers.take(count);
  return Array.from({ length: count }, (_, i) => first + i * numbers.step);
}

test('one subtask counts from 0', () => {
  const [only] = subtasks(1);
  expect([...handOut(only, 2), ...handOut(only, 3)]).toEqual([0, 1, 2, 3, 4]);
});

test('two subtasks never hand out the same number, however often the job is restored with more or fewer', () => {
  const seen: number[] = [];
  let job = subtasks(1);
  for (const of of [2, 3, 1, 2]) {
    job.forEach((one, i) => seen.push(...handOut(one, 3 + i), ...handOut(one, 1)));
    const checkpoints = job.map(({ state }) => state.checkpoint());
    job = subtasks(of);
    for (const { state } of job) state.restore(checkpoints);
  }
  job.forEach((one) => seen.push(...handOut(one, 5)));
  expect(new Set(seen).size).toBe(seen.length);
});
