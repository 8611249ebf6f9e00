import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StateTtl } from '../../../src/engine/state/stateTtl';
import { Ttl } from '../../../src/engine/state/ttl';
import { MAX_TIME } from '../../../src/model';
import { StateReader, StateWriter } from '../../../src/sim/bytes';
import { EntryReader, EntryWriter } from '../../../src/sim/entries';

const runs = process.env.LONG ? 5_000 : 300;

test('S11.3 expired when now >= last write + ttl', () => {
  const ttl = new Ttl(100);
  ttl.write(3, 1_000);
  expect(ttl.alarm()).toBe(1_100);
  expect(ttl.isExpired(3, 1_099)).toBe(false);
  expect(ttl.isExpired(3, 1_100)).toBe(true);
  ttl.expire(1_100, () => {});
  expect(ttl.has(3)).toBe(false);
  expect(ttl.alarm()).toBe(MAX_TIME);
});

test('S11.3 a life up to the end of time does not overflow', () => {
  const ttl = new Ttl(MAX_TIME);
  ttl.write(0, 1_790_000_000_000);
  expect(ttl.alarm()).toBe(MAX_TIME);
  expect(ttl.isExpired(0, MAX_TIME)).toBe(false);
});

test('S11.3 states expire in the order of their last writes, as a plain list of times says, over saves', () => {
  const move = fc.record({
    slot: fc.nat(600),
    wait: fc.nat(60),
    what: fc.constantFrom('write', 'write', 'forget', 'expire', 'save'),
  });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 80 }), fc.integer({ min: 1, max: 200 }), (moves, span) => {
      let ttl = new Ttl(span);
      const naive = new Map<number, number>();
      let now = 0;
      for (const { slot, wait, what } of moves) {
        now += wait;
        if (what === 'write') {
          ttl.write(slot, now);
          naive.delete(slot);
          naive.set(slot, now);
        } else if (what === 'forget') {
          ttl.forget(slot);
          naive.delete(slot);
        } else if (what === 'expire') {
          const gone: number[] = [];
          ttl.expire(now, (one) => gone.push(one));
          expect(gone).toEqual([...naive].filter(([, at]) => now >= at + span).map(([one]) => one));
          for (const one of gone) naive.delete(one);
        } else {
          const writer = new StateWriter();
          ttl.save(writer);
          ttl = new Ttl(span);
          ttl.restore(new StateReader(writer.finish()));
        }
        expect(ttl.alarm()).toBe(naive.size === 0 ? MAX_TIME : Math.min(...naive.values()) + span);
      }
    }),
    { numRuns: runs },
  );
});

test('S11.4 states of one time expire in the order of their writes, also after a restore, which goes by key', () => {
  const gone: number[] = [];
  const ttl = new StateTtl(10, () => {});
  ttl.pass(0);
  for (const key of [2, 0, 1]) ttl.write(key);
  const entries = [0, 1, 2].map(() => ({ values: new EntryWriter(), names: new EntryWriter() }));
  ttl.writeEntries(
    (key) => entries[key].values,
    (key) => entries[key].names,
  );
  const restored = new StateTtl(10, (key) => gone.push(key));
  entries.forEach(({ values, names }, key) =>
    restored.readEntry(key, new EntryReader(values.finish()), new EntryReader(names.finish())),
  );
  restored.settle();
  restored.pass(10);
  expect(gone).toEqual([2, 0, 1]);
});
