import { parseLesson, type LessonPlace } from '../../src/notebook/parse';

export const PLACE: LessonPlace = {
  file: 'lessons/03-time/01-late/lesson.md',
  slug: 'late',
  part: '03-time',
  partTitle: 'Time',
};

/** A whole lesson with every kind of cell, in the spirit of the example in the design. */
export const SAMPLE = `---
title: The event that came late
part: time
minutes: 12
concepts: [66, 67]
misconceptions: [M3]
summary: A phone in a tunnel.
facts: {"10:15": planted in day, "6": {value: 6}}
---
A phone went into a tunnel at 10:15. It was :late[*very* late]: [[final: spend, where: {card: 4417, window_start: "10:00"}, column: spend]].

## What happens

- one **item**
- another, with [a link](https://example.org/) and \`code\`

| window | spend |
|---|---|
| first | [[count: spend]] |

\`\`\`scenario id=day title="A day of payments"
data: {preset: page, seed: 7}
streams:
  payments:
    table: credit_card_transactions
    columns: [card, amount, ts]
    key: card
    partitions: 2
    delay: realistic
    only: {card: [4417]}
    events:
      - {at: "10:15", arrives: "11:10", card: 4417, amount: 40.00}
knobs: {wait: {value: 2 min, min: 0 s, max: 10 min, step: 10 s, label: Wait}}
\`\`\`

\`\`\`sql id=spend reads=day run=stream wait=$wait lateness=10m title="Money per window"
SELECT card, window_start, SUM(amount) AS spend
FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE))
GROUP BY card, window_start, window_end;
\`\`\`

\`\`\`figure id=plane reads=spend
event-time-plane: {card: 4417}
show: {moment: late, n: 1}
\`\`\`

\`\`\`table id=rows reads=day
stream: payments
where: {card: 4417}
limit: 5
\`\`\`

\`\`\`predict id=bet reads=spend
ask: What does the 10:00 window end with?
choices: [{value: 102.00}, {value: 62.00, breaks: M3, because: it fires again}]
answer: {final: spend, where: {card: 4417, window_start: "10:00"}, column: spend}
because: The window is still kept.
\`\`\`

\`\`\`sweep id=curve reads=spend
knob: wait
values: [0 s, 10 s, 1 min]
x: latencyP50
y: completeness
\`\`\`

\`\`\`exercise id=keep reads=spend
task: Lose nothing.
start: {wait: 0 s, lateness: 0}
checks: [{final: spend, equals: batch}, {dropped: 0}, {latencyP50: "<= 90 s"}]
hints: [Look at the drops.]
solution: {wait: 30 s, lateness: 10m}
wrong: [{set: {lateness: 1m}, fails: dropped}]
explain: Lateness keeps the window.
\`\`\`

\`\`\`python
a = 1
\`\`\`
`;

export const parse = (text: string) => parseLesson(text, PLACE);

/** The sample with one piece exchanged; the piece must be there. */
export function broken(piece: string | RegExp, by: string): string {
  const changed = SAMPLE.replace(piece, () => by);
  if (changed === SAMPLE) throw new RangeError(`nothing to change: ${String(piece)}`);
  return changed;
}
