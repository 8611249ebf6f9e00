import { FACTS, formatClock, type ClaimName, type Facts, type Value } from '../../model';

/** A claim as people make it, and what a log that breaks it shows; `{fact}` is filled in. */
const CLAIMS: Record<ClaimName, { text: string; finding: string }> = {
  'no-older-event': {
    text: 'No event older than the watermark arrives.',
    finding:
      '{late} of {events} events arrived late, older than the watermark. A watermark that waits 1 min for stragglers is a bet; this event took longer.',
  },
  'lateness-moves-watermark': {
    text: 'The more lateness is allowed, the further the watermark lags.',
    finding:
      'With that lateness no event before {watermark} is expected any more, and without it no event before {other_watermark}. Lateness keeps windows longer; only the wait delays the watermark.',
  },
  'late-is-dropped': {
    text: 'A late event is dropped.',
    finding: '{late} event arrived late and {dropped} were dropped: its window was still kept and counted it.',
  },
  'discarding-drops-late': {
    text: 'Discarding panes drop late data.',
    finding:
      '{late} of {events} events arrived late, and the panes add up to {total}: the late event has a pane of its own. A discarding trigger drops only what an earlier pane has already emitted.',
  },
  'one-watermark-rule': {
    text: 'Flink and Spark compute the same watermark from the same log.',
    finding:
      'Flink expects no event before {watermark} any more, because it takes the minimum over the partitions. Spark expects none before {other_watermark}, because it takes the newest event of all partitions.',
  },
  'clock-closes-windows': {
    text: 'A window fires when the clock passes its end.',
    finding:
      'The clock showed {clock}, but {overdue} window that had ended by then had not fired. No newer event had arrived, so events from {watermark} on were still expected.',
  },
  'quiet-partition-is-harmless': {
    text: 'A partition that receives no events does no harm.',
    finding:
      '{silent} of 2 partitions received no events, but the watermark still waited for it. Without that partition a window would have fired.',
  },
  'published-is-final': {
    text: 'A published result does not change.',
    finding: '{updates} published row was retracted: a late event was still accepted and changed it.',
  },
  'stream-is-approximate': {
    text: 'A stream never gives the answer of a batch.',
    finding:
      'Both gave the same rows: with {dropped} events dropped, the stream counted every event that the batch counted.',
  },
  'batch-has-the-whole-day': {
    text: 'A batch is exact: the one that runs at midnight has all events of the day.',
    finding:
      'The next batch retracted {updates} row of the first one, because an event of that day arrived after midnight.',
  },
  'order-does-not-matter': {
    text: 'The same events give the same answer in every order of arrival.',
    finding:
      'Had they arrived in the order of their event times, the answer would be different. Here {dropped} of {events} events arrived too late.',
  },
  'lateness-leaves-watermark': {
    text: 'Allowed lateness does not move the watermark.',
    finding:
      'With that lateness no event before {watermark} is expected any more, and without it no event before {other_watermark}.',
  },
  'complete-stream-equals-batch': {
    text: 'If nothing is dropped, the final result of the stream equals that of the batch.',
    finding: 'Nothing was dropped, but the answers differ.',
  },
};

interface Claim {
  /** Of the table; null for a claim of the document's own, which has its own text. */
  name: ClaimName | null;
  text: string | null;
  /** What a log that breaks it shows; null: the facts are listed. */
  finding: string | null;
  /** The condition. */
  holds: string;
}

/** The claim in words. */
export const claimText = ({ name, text }: Pick<Claim, 'name' | 'text'>): string =>
  text ?? (name === null ? '' : CLAIMS[name].text);

/** What a log shows that breaks the claim. `reads`: the facts that its condition is about. */
export function findingSentence(
  { name, finding, holds }: Omit<Claim, 'text'>,
  { facts, reads }: { facts: Facts; reads: readonly string[] },
): string {
  const words = finding ?? (name === null ? null : CLAIMS[name].finding);
  return words === null ? listFacts(holds, facts, reads) : fill(words, facts);
}

const fill = (words: string, facts: Facts): string =>
  words.replace(/\{(\w+)\}/g, (_, name: string) => factText(name, facts[name] ?? null));

function listFacts(condition: string, facts: Facts, reads: readonly string[]): string {
  const short = reads.filter((name) => !isLong(name));
  const long = reads.filter(isLong);
  const parts = short.map((name) => `${name} is ${factText(name, facts[name] ?? null)}`);
  const distinct = new Set(long.map((name) => facts[name])).size;
  if (long.length > 0) parts.push(`${long.join(' and ')} ${distinct > 1 ? 'differ' : 'are the same'}`);
  return `Here “${condition}” is false: ${parts.join(', ')}.`;
}

const typeOf = (name: string): string | undefined => FACTS.find((one) => one.name === name)?.type.name;

/** Whole results are too long for a sentence. */
const isLong = (name: string): boolean => typeOf(name) === 'STRING';

function factText(name: string, value: Value): string {
  if (value === null) return 'none';
  return typeOf(name) === 'TIMESTAMP' ? formatClock(Number(value), 'seconds') : String(value);
}
