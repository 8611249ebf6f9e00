import { FACTS, formatClock, type ClaimName, type Facts, type Value } from '../../model';

/** A claim as people make it, and what a log that breaks it shows; `{fact}` is filled in. */
const CLAIMS: Record<ClaimName, { text: string; finding: string }> = {
  'no-older-event': {
    text: 'Behind a watermark no older event comes.',
    finding:
      '{late} of {events} events came behind the watermark. A watermark that waits 1 min for stragglers is a bet; this one took longer.',
  },
  'lateness-moves-watermark': {
    text: 'The more lateness is allowed, the further the watermark stays behind.',
    finding:
      'With that lateness nothing before {watermark} is expected any more, and without any nothing before {other_watermark}. Lateness keeps windows longer; only the wait moves the watermark.',
  },
  'late-is-dropped': {
    text: 'A late event is dropped.',
    finding: '{late} event came late and {dropped} were dropped: its window was still kept and took it in.',
  },
  'discarding-drops-late': {
    text: 'Discarding panes drop late data.',
    finding:
      '{late} of {events} events came late, and the panes add up to {total}: the late one has a pane of its own. What is discarded is what a pane has already said.',
  },
  'one-watermark-rule': {
    text: 'Flink and Spark compute the same watermark from the same log.',
    finding:
      'Flink expects nothing before {watermark} any more: the least over the partitions. Spark expects nothing before {other_watermark}: the newest event of all of them.',
  },
  'clock-closes-windows': {
    text: 'A window fires when the clock passes its end.',
    finding:
      'The clock showed {clock}, and {overdue} window that had ended by then had said nothing. No newer event had come, so whatever happened from {watermark} on was still expected.',
  },
  'quiet-partition-is-harmless': {
    text: 'A partition from which nothing comes does no harm.',
    finding:
      '{silent} of 2 partitions stayed quiet, and nothing had promised that it would. Without that partition a window would have fired.',
  },
  'published-is-final': {
    text: 'A result, once published, does not change.',
    finding: '{updates} published row was taken back: a late event was still let in and changed it.',
  },
  'stream-is-approximate': {
    text: "A stream's answer is never that of a batch.",
    finding:
      'Both gave the same rows: with {dropped} events dropped, the stream has counted all that the batch has counted.',
  },
  'batch-has-the-whole-day': {
    text: 'A batch is exact: the one that runs at midnight has all of the day.',
    finding: 'The next batch took {updates} row of the first one back: an event of that day arrived after midnight.',
  },
  'order-does-not-matter': {
    text: 'The same events give the same answer, whatever the order in which they arrive.',
    finding:
      'Had they arrived in the order of their event times, the answer would be another one. Here {dropped} of {events} came too late.',
  },
  'lateness-leaves-watermark': {
    text: 'Allowed lateness does not move the watermark.',
    finding:
      'With that lateness nothing before {watermark} is expected any more, without any nothing before {other_watermark}.',
  },
  'complete-stream-equals-batch': {
    text: 'Where nothing is dropped, the stream ends with the answer of the batch.',
    finding: 'Nothing was dropped, and yet the answers differ.',
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
