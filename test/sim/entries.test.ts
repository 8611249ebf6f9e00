import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DOUBLE, field, readValue, tableOf } from '../../src/model';
import { EntryReader, EntryWriter } from '../../src/sim/entries';

test('numbers, texts, flags and blocks come back, wherever the buffer has to grow', () => {
  const value = fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.uint8Array());
  fc.assert(
    fc.property(fc.array(value, { maxLength: 200 }), (values) => {
      const writer = new EntryWriter();
      for (const one of values) {
        if (typeof one === 'number') writer.number(one);
        else if (typeof one === 'string') writer.text(one);
        else if (typeof one === 'boolean') writer.flag(one);
        else writer.block(one);
      }
      const reader = new EntryReader(writer.finish());
      for (const one of values) {
        if (typeof one === 'number') expect(reader.number()).toBe(one);
        else if (typeof one === 'string') expect(reader.text()).toBe(one);
        else if (typeof one === 'boolean') expect(reader.flag()).toBe(one);
        else expect([...reader.block()]).toEqual([...one]);
      }
      expect(reader.finished).toBe(true);
    }),
  );
});

test('−0 comes back as it was, and is 0 in a key', () => {
  const { columns } = tableOf([field('x', DOUBLE)], [[-0], [0]]);
  const bytes = (name: 'value' | 'key', row: number): Uint8Array => {
    const writer = new EntryWriter();
    writer[name](columns[0], row);
    return writer.finish();
  };
  const read = tableOf([field('x', DOUBLE)], [[1]]);
  new EntryReader(bytes('value', 0)).value(read.columns[0], 0);
  expect(readValue(read.columns[0], 0)).toBe(-0);
  expect(bytes('key', 0)).toEqual(bytes('key', 1));
});
