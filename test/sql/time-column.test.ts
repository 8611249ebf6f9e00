import { describe, expect, test } from 'vitest';
import { type Plan } from '../../src/sql';
import { query } from './joined';

describe('which time a result follows is said by what is built on it', () => {
  const VIEW =
    "CREATE VIEW j AS SELECT l.ts AS lt, r.ts AS rt, l.card FROM payments AS l KIND refunds AS r ON l.id = r.payment AND r.ts BETWEEN l.ts AND l.ts + INTERVAL '5' MINUTE;";
  const by = (time: string, kind = 'JOIN'): Plan =>
    query(`${VIEW.replace('KIND', kind)} SELECT COUNT(*) OVER (ORDER BY ${time}) AS n FROM j WHERE card = 1`);

  test.each<[string, 'left' | 'right', number, number]>([
    ['lt', 'left', 0, 7],
    ['rt', 'right', 1, 12],
  ])('ORDER BY %s follows the %s side', (time, timeOf, column, inner) => {
    expect(by(time)).toMatchObject({
      input: {
        node: 'over',
        timeColumn: column,
        input: {
          node: 'filter',
          timeColumn: column,
          input: { node: 'project', timeColumn: column, input: { node: 'interval join', timeOf, timeColumn: inner } },
        },
      },
    });
  });

  test('a side that may be missing has no time to follow', () => {
    expect(() => by('rt', 'LEFT JOIN')).toThrow(/OVER follows event time/);
    expect(() => by('lt', 'RIGHT JOIN')).toThrow(/OVER follows event time/);
    expect(by('rt', 'RIGHT JOIN')).toMatchObject({ input: { node: 'over' } });
  });

  test('a join in an interval of a join in an interval: the second is bounded by one time of the first', () => {
    const bound = query(
      `${VIEW.replace('KIND', 'JOIN')} SELECT j.lt FROM j JOIN payments AS p ON j.card = p.card AND p.ts BETWEEN j.rt AND j.rt + INTERVAL '1' MINUTE`,
    );
    expect(bound).toMatchObject({
      input: { node: 'interval join', left: { timeColumn: 1, input: { timeOf: 'right' } } },
    });
  });
});
