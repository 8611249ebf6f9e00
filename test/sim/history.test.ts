import { expect, test } from 'vitest';
import { History, type Machine } from '../../src/sim/history';

/** Counts its inputs; its state takes up `size` bytes and begins with the count. */
class Counter implements Machine {
  next = 0;
  restored = 0;

  constructor(private readonly size: number) {}

  save(): Uint8Array {
    const bytes = new Uint8Array(this.size);
    new DataView(bytes.buffer).setFloat64(0, this.next);
    return bytes;
  }

  restore(bytes: Uint8Array): void {
    this.next = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0);
    this.restored += 1;
  }
}

function ran(size: number, inputs: number): { machine: Counter; history: History } {
  const machine = new Counter(size);
  const history = new History(machine, { steps: 10, bytesPerStep: 4 });
  for (; machine.next < inputs; history.note(machine.next)) machine.next += 1;
  return { machine, history };
}

test('keyframes of a small state are ten steps apart', () => {
  const { machine, history } = ran(8, 100);
  for (const [input, keyframe] of [
    [99, 90],
    [90, 90],
    [89, 80],
    [5, 0],
  ]) {
    machine.next = 1_000;
    history.seek(input);
    expect(machine.next).toBe(keyframe);
  }
});

test('all keyframes take up no more than the declared bytes a step, and one state', () => {
  for (const size of [8, 100, 1_000, 5_000])
    expect(ran(size, 10_000).history.size).toBeLessThanOrEqual(4 * 10_000 + size);
});

test('a machine that stands between the keyframe and the input goes on from there', () => {
  const { machine, history } = ran(8, 100);
  history.seek(42);
  expect(machine.next).toBe(40);
  machine.next = 44;
  history.seek(47);
  expect([machine.next, machine.restored]).toEqual([44, 1]);
});

test('the start is where the machine began', () => {
  const { machine, history } = ran(8, 100);
  history.start();
  expect(machine.next).toBe(0);
});
