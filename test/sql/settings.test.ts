import { expect, test } from 'vitest';
import { plan, setOptions } from '../../src/sql';
import { catalog } from './joined';

test('settings of the text become options of its run; the last of equal ones holds, and 0 is none', () => {
  const of = (text: string): unknown => setOptions(plan(`${text} SELECT id FROM payments`, catalog));
  expect(
    of(
      "SET 'table.exec.state.ttl' = '1 h'; SET 'table.exec.source.idle-timeout' = '30 s'; SET 'pipeline.auto-watermark-interval' = '200 ms';",
    ),
  ).toEqual({
    ttl: 3_600_000,
    idle: 30_000,
    emitEvery: 200,
  });
  expect(
    of(
      "SET 'table.exec.state.ttl' = '1 h'; SET 'table.exec.state.ttl' = '0'; SET 'pipeline.auto-watermark-interval' = '0';",
    ),
  ).toEqual({
    ttl: null,
    emitEvery: 0,
  });
  expect(of('')).toEqual({});
});
