import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_TIME } from '../../../src/model';
import { bounded, declared, monotonous, Percentile, type Generator } from '../../../src/engine/watermarks/generators';
import { Watermarks, type SourceCheckpoint, type WatermarkSetup } from '../../../src/engine/watermarks/watermarks';

const runs = process.env.LONG ? 2_000 : 60;

const PARTITIONS = 4;

interface Event {
  partition: number;
  time: number;
  /** Processing time since the event before. */
  later: number;
}
const events = fc.array(fc.record({ partition: fc.nat(PARTITIONS - 1), time: fc.nat(200), later: fc.nat(12) }), {
  maxLength: 60,
});

const each = (make: (wait: () => number) => Generator): WatermarkSetup['make'] => {
  return (wait) => Array.from({ length: PARTITIONS }, () => make(wait));
};

/** Generators that remember something else each, and watermarks that are sent out at once or periodically. */
const SETUPS: Record<string, Pick<WatermarkSetup, 'make' | 'emitEvery' | 'isBounded'>> = {
  bounded: { make: each(bounded), isBounded: true, emitEvery: 0 },
  'bounded, sent out periodically': { make: each(bounded), isBounded: true, emitEvery: 20 },
  monotonous: { make: each(monotonous), isBounded: false, emitEvery: 0 },
  percentile: { make: each(() => new Percentile(0.8)), isBounded: false, emitEvery: 0 },
  declared: {
    make: each(() => declared(Array.from({ length: 60 }, (_, row) => 3 * row))),
    isBounded: false,
    emitEvery: 0,
  },
};

/** A source in some subtasks, which share its splits out among themselves. */
class Subtasks {
  private readonly all: Watermarks[];

  constructor(name: string, clock: number[], size: number, from: SourceCheckpoint[] = []) {
    this.all = Array.from({ length: size }, (_, i) => {
      const made = new Watermarks({
        ...SETUPS[name],
        partitions: PARTITIONS,
        wait: 10,
        idle: null,
        begin: 0,
        clock: (input) => clock[input],
        reads: (split) => split % size === i,
      });
      if (from.length > 0) made.resume(from);
      return made;
    });
  }

  checkpoints(): SourceCheckpoint[] {
    return this.all.map((one) => one.checkpoint());
  }

  /** Event `input`, after the ticks that are due; answers the least watermark of the subtasks that have a split. */
  see({ partition, time }: Event, input: number, now: number): number {
    for (const one of this.all) while (one.alarm() <= now) one.tick(one.alarm(), () => false);
    this.all[partition % this.all.length].see(partition, time, input, input);
    return this.watermark;
  }

  get watermark(): number {
    return this.all.reduce((least, one) => (one.idle ? least : Math.min(least, one.current)), MAX_TIME);
  }

  get splits(): (Uint8Array | null)[] {
    const parts = this.checkpoints().map(({ splits }) => splits);
    return parts[0].map((_, split) => parts[split % parts.length][split]);
  }
}

describe.each(Object.keys(SETUPS))('%s', (name) => {
  test('the splits of a source may go to more or fewer subtasks: the watermark is that of one', () => {
    fc.assert(
      fc.property(
        events,
        fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 5 })), { maxLength: 3 }),
        (log, cuts) => {
          const clock: number[] = [];
          for (const { later } of log) clock.push((clock.at(-1) ?? 0) + later);
          const one = new Subtasks(name, clock, 1);
          let some = new Subtasks(name, clock, 1);
          log.forEach((event, input) => {
            for (const [at, size] of cuts) {
              if (at !== input) continue;
              some = new Subtasks(name, clock, size, some.checkpoints());
              expect(some.watermark).toBe(one.watermark);
            }
            expect(some.see(event, input, clock[input])).toBe(one.see(event, input, clock[input]));
            expect(some.splits).toEqual(one.splits);
          });
          expect(new Subtasks(name, clock, 1, some.checkpoints()).splits).toEqual(one.splits);
        },
      ),
      { numRuns: runs },
    );
  });
});
