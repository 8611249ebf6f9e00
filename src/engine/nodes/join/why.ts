import { addTime } from '../../../model';
import { type Plan } from '../../../sql/plan';
import {
  final,
  followValues,
  hasValues,
  unchanged,
  valueOf,
  waiting,
  type AbsentRow,
  type ExplanationFamily,
  type Moment,
  type RowAt,
  type Trail,
  type Verdict,
} from '../explanation';
import { type NodeOf } from '../kind';
import { windowsOf } from '../../windowing/assign';

type Joined = Extract<Plan, { leftKeys: unknown }>;

/** A pair's identity is the numbers of its rows. The result of a semi join has the left one alone, and came with its partners. */
const pairs = {
  contributors({ kind }: Joined, trail: Trail): void {
    const { rows, row } = trail;
    const [left, right] = [rows.id0[row], rows.id1[row]];
    const follow = (side: number, number: number): void => {
      if (number >= 0 && number < trail.rowsOf(side).rows.length) trail.follow(side, number);
    };
    follow(0, left);
    for (const partner of kind === 'semi' ? trail.joinedTo(left) : [right]) follow(1, partner);
  },
  isMadeFrom: (_: Joined, { rows, row }: RowAt, given: RowAt, side: number): boolean =>
    (side === 0 ? rows.id0 : rows.id1)[row] === given.row,
};

export const why = {
  join: { ...pairs, absent: (node, row) => nullKey(node, row) ?? alone('S13.5', row) },
  'interval join': { ...pairs, absent: (node, row, moment) => nullKey(node, row) ?? inReach(node, row, moment) },
  'window join': { ...pairs, absent: (node, row, moment) => nullKey(node, row) ?? inWindow(node, row, moment) },
  'temporal join': {
    // The row itself, and the version beside it.
    contributors({ left }, trail) {
      followValues(trail, 0, 0);
      followValues(trail, 1, left.schema.length);
    },
    isMadeFrom: pairs.isMadeFrom,
    absent: (node, row, moment) => nullKey(node, row) ?? inVersion(node, row, moment),
  },
  'asof join': {
    contributors({ left }, trail) {
      followValues(trail, 0, 0);
      followValues(trail, 1, left.schema.length);
    },
    isMadeFrom: ({ left }, result, row, side) => hasValues(row, result, side === 0 ? 0 : left.schema.length),
    absent: unchanged,
  },
} satisfies ExplanationFamily;

function nullKey({ leftKeys, rightKeys, nullSafe }: Joined, row: AbsentRow): Verdict | null {
  const hasNull = (row.side === 0 ? leftKeys : rightKeys).some((one) => valueOf(one, row) === null);
  return hasNull && !nullSafe ? final({ is: 'no partner', rule: 'S8.5', because: 'null key' }) : null;
}

/** A partner may always come; only its conditions may be too many to find one. */
const alone = (rule: string, { rows, row }: RowAt): Verdict => ({
  reason: { is: 'no partner', rule, because: 'none yet' },
  goal: null,
  partner: rows.time[row],
  never: null,
});

/** A partner must not be older than the watermark; at it is soon enough (S7.4, S8.2). */
const notLate = (time: number, { watermark }: Moment): number => Math.max(time, watermark);

function inVersion(node: NodeOf<'temporal join'>, absent: AbsentRow, moment: Moment): Verdict {
  const { rows, row, side, refused } = absent;
  const time = rows.time[row];
  if (node.time === 'processing' && side === 0)
    return final({ is: 'no partner', rule: 'S9.7', because: 'no version on arrival' });
  if (side === 1) {
    const sees = notLate(time, moment);
    return {
      reason: { is: 'no partner', rule: 'S9.1', because: 'not seen yet' },
      partner: sees,
      goal: node.time === 'event' ? Math.max(sees, moment.watermark + 1) : null,
      never: { because: 'newer version', rule: 'S9.1' },
    };
  }
  if (refused) return final({ is: 'too late', rule: 'S9.2', for: 'versions' });
  if (moment.watermark < time) return { ...waiting('S9.2', moment, time), partner: time };
  return final({ is: 'no partner', rule: 'S9.1', because: 'no version at its time' });
}

function inWindow({ window }: NodeOf<'window join'>, { rows, row, refused }: AbsentRow, moment: Moment): Verdict {
  const time = rows.time[row];
  const spans = windowsOf(window, time);
  const end = spans.at(-1)?.[1];
  if (end === undefined) return final({ is: 'no partner', rule: 'S2.3', because: 'between windows' });
  if (refused || moment.watermark >= end - 1) return final({ is: 'too late', rule: 'S5.7', for: 'window' });
  const open = spans.find(([, to]) => to - 1 > moment.watermark)!;
  return { ...waiting('S4.1', moment, open[1] - 1), partner: time };
}

function inReach(node: NodeOf<'interval join'>, absent: AbsentRow, moment: Moment): Verdict {
  const { rows, row, side, refused } = absent;
  const { lower, upper, kind } = node;
  const time = rows.time[row];
  const [from, to] = side === 0 ? [time + lower, time + upper] : [time - upper, time - lower];
  const until = addTime(time, side === 0 ? Math.max(upper, 0) : Math.max(-lower, 0));
  if (refused) return final({ is: 'too late', rule: 'S8.2', for: 'state' });
  const { rule, is: expiry } = moment.policies.joinExpiry;
  if (moment.ended || (expiry === 'watermark' && moment.watermark >= until))
    return final({ is: 'no partner', rule, because: 'none came', from, to, residual: false });
  const pads = kind === 'full' || (side === 0 ? kind === 'left' || kind === 'anti' : kind === 'right');
  return {
    reason: { is: 'no partner', rule: 'S8.1', because: 'none in reach', from, to, residual: node.where !== null },
    partner: Math.min(Math.max(notLate(time, moment), from), to),
    goal: pads ? until : null,
    never: null,
  };
}
