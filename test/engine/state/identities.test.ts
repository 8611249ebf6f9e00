import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyBytes, keyGroupOf, subtaskOf } from '../../../src/engine/state/checkpoint';
import { Identities } from '../../../src/engine/state/identities';
import { CHANGE_SIGNS, tableOf, type Value } from '../../../src/model';
import { type Emission, type OperatorDrive } from '../../support/operatorDrive';
import { SCHEMA, SETTINGS, start } from './settings';

const TEXTS = ['rome', 'oslo', 'bern', 'kyiv', 'lima'];

const driveOf = (name: string, identities?: Identities): OperatorDrive =>
  start(
    SETTINGS.find((one) => one.name === name)!,
    TEXTS,
    identities,
  );

/** A node whose rows go to its subtasks by the key `k`. */
class Node {
  readonly identities = new Identities();
  readonly subtasks: OperatorDrive[];

  constructor(
    name: string,
    private readonly size: number,
  ) {
    this.subtasks = Array.from({ length: size }, () => driveOf(name, this.identities));
  }

  row(key: string, values: Value[], given: object): Emission[] {
    const group = keyGroupOf(keyBytes(tableOf([SCHEMA[0]], [[key]]).columns, 0));
    return this.subtasks[subtaskOf(group, this.size)].row(values, given);
  }

  /** The same node in a new process. */
  restarted(name: string, size: number): Node {
    const node = new Node(name, size);
    node.identities.restore(this.identities.checkpoint());
    const checkpoints = this.subtasks.map(({ state }) => state.checkpoint());
    node.subtasks.forEach(({ state }, i) => state.restore(checkpoints, (group) => subtaskOf(group, size) === i));
    return node;
  }
}

const payment = fc.record({ key: fc.nat(4), text: fc.nat(4), value: fc.integer({ min: 0, max: 9 }) });

/** A top n over the sums of an aggregate: it takes a sum back by the identity of its row. */
const rankOf = (size: number, payments: { key: number; text: number; value: number }[], cut: number): string[][] => {
  let sums = new Node('group aggregate: sums', size);
  const top = driveOf('top n over changes');
  const seen = new Map<string, string>();
  return payments.map(({ key, text, value }, i) => {
    // From here on with one subtask more, in another process.
    if (i === cut) sums = sums.restarted('group aggregate: sums', size + 1);
    const values = [TEXTS[key], TEXTS[text], value, value / 3, i];
    return sums.row(TEXTS[key], values, { time: i }).flatMap(({ change, ids, row: { k, s } }) => {
      // One identity is one key, whichever subtask has it.
      expect(seen.get(String(ids)) ?? k).toBe(k);
      seen.set(String(ids), k as string);
      const ranked = top.row([k, 'all', s], { ids, kind: CHANGE_SIGNS.indexOf(change) });
      return ranked.map((one) => `${one.change} ${JSON.stringify(one.row)} ${String(one.ids)}`);
    });
  });
};

test('rows of two subtasks never have the same identity, and an operator downstream takes them as those of one', () => {
  fc.assert(
    fc.property(fc.array(payment, { minLength: 1, maxLength: 40 }), fc.nat(40), (payments, cut) => {
      const one = rankOf(1, payments, Infinity);
      expect(rankOf(2, payments, Infinity)).toEqual(one);
      expect(rankOf(1, payments, cut)).toEqual(one);
      expect(rankOf(2, payments, cut)).toEqual(one);
    }),
    { numRuns: process.env.LONG ? 2_000 : 100 },
  );
});

/** The numbers by which the rows of a join are known. */
function pairsOf(size: number): string[] {
  const join = new Node('regular join', size);
  return TEXTS.flatMap((key, i) =>
    [0, 1].flatMap((port) =>
      join.row(key, [key, 'x', i, i, i], { port, time: i }).map(({ row: { k }, ids }) => `${k} ${String(ids)}`),
    ),
  );
}

test('rows without a key have the numbers that one subtask would give them', () => {
  expect(pairsOf(3)).toEqual(pairsOf(1));
  expect(new Set(pairsOf(3)).size).toBe(TEXTS.length);
});
