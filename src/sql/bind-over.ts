import { type Name, type OverWindow, type Select } from './ast';
import { aggregateIsNullable } from './bind-aggregate';
import { bindExpression, type Context, contextOf, noAggregates } from './bind-expression';
import { fail, shorten } from './fail';
import { formatExpression, formatOrder } from './format';
import { type AggregateCall, type Expression, type Frame, type Over, type Plan } from './plan';
import { sameName, uniqueNames } from './scope';
import { didYouMean } from './suggest';
import { carry, times, whyNoTime } from './time-column';
import { INTERVAL } from './types';

/** PARTITION BY and frame of an OVER window, settled. */
export interface BoundWindow {
  /** The input, with event time in the column of ORDER BY. */
  input: Plan;
  partitionBy: Expression[];
  frame: Frame;
}

/** The window that a call names or spells out. */
export function findWindow(over: OverWindow | Name, select: Select): OverWindow {
  if (!('text' in over)) return over;
  const found = select.windows.find((one) => sameName(one.name.text, over.text));
  if (found) return found.window;
  const names = select.windows.map((one) => one.name.text);
  return fail(over.place, {
    what: `there is no window ${over.text}`,
    expected: names.length ? 'a window of the WINDOW clause' : 'a window in parentheses',
    found: over.text,
    hint: names.length ? didYouMean(over.text, names, 'windows') : `Add WINDOW ${over.text} AS (…) at the end.`,
  });
}

export function bindWindow(window: OverWindow, input: Plan, context: Omit<Context, 'aggregate'>): BoundWindow {
  const rows: Context = { ...context, aggregate: noAggregates('OVER', 'Compute it in a subquery in FROM.') };
  const partitionBy = window.partitionBy.map((one) => bindExpression(one, rows));
  return { input: followOrder(window, input, rows), partitionBy, frame: frameOf(window) };
}

function followOrder({ orderBy, place }: OverWindow, input: Plan, context: Context): Plan {
  const [time] = times(input).map((one) => input.schema[one].name);
  const [first] = orderBy;
  if (!first) {
    fail(place, {
      what: 'OVER needs an order: the rows before this one are counted in it',
      expected: `ORDER BY ${time ?? 'the event-time column'}`,
      found: 'no ORDER BY',
      hint: `Write OVER (PARTITION BY … ORDER BY ${time ?? 'ts'} …).`,
    });
  }
  const bound = bindExpression(first.expression, context);
  const carried = bound.op === 'column' && orderBy.length === 1 ? carry(input, bound.index) : null;
  if (carried && !first.descending) return carried;
  return fail(first.expression.place, {
    what: carried ? 'OVER follows event time forwards' : 'OVER follows event time, and nothing else',
    expected: time ? `ORDER BY ${time}` : 'a column that carries event time',
    found: shorten(formatOrder(orderBy)),
    hint: time ? `Write ORDER BY ${time}.` : whyNoTime(input),
  });
}

/** Frames end at the current row. Without one SQL means RANGE, from the first row on. */
function frameOf({ frame }: OverWindow): Frame {
  if (!frame) return { unit: 'range', preceding: null };
  const { unit, from, to } = frame;
  for (const bound of [from, to]) {
    if (bound.side !== 'FOLLOWING') continue;
    fail(bound.place, {
      what: 'a frame cannot reach ahead: those rows have not happened yet',
      expected: 'CURRENT ROW',
      found: 'FOLLOWING',
      hint: 'End the frame with CURRENT ROW; shift the question instead: ask later, about the past.',
    });
  }
  if (to.side !== 'CURRENT ROW') {
    fail(to.place, {
      what: 'a frame here ends at the current row',
      expected: 'CURRENT ROW',
      found: 'PRECEDING',
      hint: 'Take a longer frame and a shorter one, and subtract.',
    });
  }
  const { distance } = from;
  const reaching = (preceding: number | null): Frame => ({ unit: unit === 'ROWS' ? 'rows' : 'range', preceding });
  if (from.side === 'CURRENT ROW') return reaching(0);
  if (!distance) return reaching(null);
  const none = contextOf([], 'a frame', 'Write a constant.');
  const found = shorten(formatExpression(distance));
  // A name can mean nothing in a frame: only what is constant is looked at.
  const bound = ['number', 'interval', 'unary'].includes(distance.ast) ? bindExpression(distance, none) : null;
  const value = bound?.op === 'literal' ? Number(bound.value) : -1;
  if (unit === 'ROWS') {
    if (bound?.type.name === 'INT' && value >= 0) return reaching(value);
    return fail(distance.place, {
      what: 'ROWS counts rows',
      expected: 'a whole number',
      found,
      hint: 'Write ROWS BETWEEN 5 PRECEDING AND CURRENT ROW.',
    });
  }
  if (bound?.type === INTERVAL && value >= 0) return reaching(value);
  return fail(distance.place, {
    what: 'RANGE measures event time',
    expected: 'an INTERVAL',
    found,
    hint: "Write RANGE BETWEEN INTERVAL '30' MINUTE PRECEDING AND CURRENT ROW, or ROWS to count rows.",
  });
}

/** All calls of one SELECT over its one window. */
export function overPlan({ input, partitionBy, frame }: BoundWindow, aggregates: AggregateCall[]): Over {
  const nullable = (column: number): boolean => input.schema[column].nullable;
  const names = uniqueNames([...input.schema.map((one) => one.name), ...aggregates.map((one) => one.text)]);
  const results = aggregates.map((one, i) => ({
    name: names[input.schema.length + i],
    type: one.type,
    nullable: aggregateIsNullable(one, nullable, false),
  }));
  const schema = [...input.schema, ...results];
  return { node: 'over', input, partitionBy, frame, aggregates, schema, timeColumn: input.timeColumn };
}
