import {
  appendRow,
  BIGINT,
  BOOLEAN,
  field,
  makeTable,
  MIN_TIME,
  namedValues,
  STRING,
  TidemarkError,
  TIMESTAMP,
  type Nothing,
  type Offer,
  type Table,
  type Value,
  type WhyNot,
} from '../../model';
import { type Pieces } from '../pieces';
import { POLICIES } from '../profiles';
import { enabling } from './enable';
import { clocksOf, factsOf, type ClockFacts } from './facts';
import { type EventQuestion } from './follow';
import { type ProbeContext } from './probeContext';
import { Probe, emitsWindow, type Change } from './probe';
import { expiryRule, hasExpired, impossible, inTheWay, isDoomed, reasonOf, type WindowStatus } from './reason';
import { clockAt, hasEnded, inputOf, keyValues, lastStepOf, optionsAt, windowedOf, type Subject } from './subject';
import { whyNotRow } from './whyNotRow';

/** A window of a key. Times in ms. */
export interface WindowQuestion {
  /** Key columns by name. */
  key: Record<string, Value>;
  start: number;
  end: number;
}

/**
 * Answers for the moment at the end of the input that step `step` belongs to. What came after it does not count: the
 * question is what could come next. Throws a TidemarkError for a run without windows, an unknown key column, or bounds
 * that are no window.
 */
export function whyNot(subject: Subject, step: number, question: WindowQuestion | EventQuestion): Pieces<WhyNot> {
  return 'offset' in question ? ofEvent(subject, step, question) : ofWindow(subject, step, question);
}

/** For an event in a window the answer is that of its window. */
function* ofEvent(subject: Subject, step: number, question: EventQuestion): Pieces<WhyNot> {
  const { stream, reason, clocks, changes, nothing, probes, window } = yield* whyNotRow(subject, step, question);
  if (window) return yield* ofWindow(subject, step, window);
  return {
    of: { kind: 'event', stream, partition: question.partition, offset: question.offset },
    now: clockAt(subject, inputOf(subject, step)),
    reason,
    partitions: partitionsOf(clocks),
    offers: changes.map((change) => offerOf(subject, change)),
    nothing,
    probes,
  };
}

function* ofWindow(subject: Subject, step: number, question: WindowQuestion): Pieces<WhyNot> {
  const { nodeIndex, grouping } = windowedOf(subject);
  const { start, end } = question;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || end < start) {
    throw new TidemarkError({
      what: 'this is not a window',
      where: 'why not',
      expected: 'a start in whole milliseconds, and an end after it',
      found: `${start} to ${end}`,
    });
  }
  const input = inputOf(subject, step);
  const { keys } = subject.run.engine.operators[nodeIndex].operator.state!;
  const key = keyValues(keys, question.key);
  const target = { nodeIndex, key, start, end };
  const facts = factsOf(subject, target, lastStepOf(subject, input));
  const probe = yield* Probe.after(subject, input);
  probe.isDone = emitsWindow(target);
  const run = probe.runAtInput;
  const options = optionsAt(subject, input);
  const context: ProbeContext = {
    subject,
    target,
    grouping,
    options,
    policies: POLICIES[options.profile],
    clocks: clocksOf(subject, run, nodeIndex, input),
    now: clockAt(subject, input),
    ended: hasEnded(subject, input),
  };
  const status = { context, facts, run };
  const reason = reasonOf(status);
  const changes = canChange(status) ? yield* enabling(context, input, inTheWay(status), probe) : [];
  const rule = changes.length > 0 ? null : finalRule(status);
  return {
    of: { kind: 'window', key: namedValues(keys.schema, key), start, end },
    now: context.now,
    reason,
    partitions: partitionsOf(context.clocks),
    offers: changes.map((change) => offerOf(subject, change)),
    nothing: rule === null ? null : nothingOf(context, rule),
    probes: probe.count,
  };
}

function nothingOf({ options, policies, target, now }: ProbeContext, rule: string): Nothing {
  if (rule === policies.expiry.rule) return { because: 'expired', rule, profile: options.profile };
  return rule === 'S2.9' && now < target.end - 1 ? { because: 'clock first', rule } : { because: 'rule', rule };
}

/** Whether changes are worth trying: not where the answer is known. */
const canChange = (status: WindowStatus): boolean =>
  impossible(status.context) === null &&
  status.context.options.watermark?.type !== 'perfect' &&
  !(hasExpired(status) && status.context.policies.watermark.is !== 'none');

/** The rule by which nothing can make the window fire; null if that is not known. */
function finalRule(status: WindowStatus): string | null {
  const { context, facts } = status;
  const { options, policies, ended } = context;
  const none = impossible(context);
  if (none !== null) return none;
  if (inTheWay(status)) return 'S3.3';
  if (options.watermark?.type === 'perfect' && !ended) return 'S20.1';
  if (hasExpired(status) || ended || isDoomed(status)) return expiryRule(context);
  const answered = facts.fired.length > 0 || facts.refused.length > 0;
  if (policies.finished.is === 'closes' && answered) return policies.finished.rule;
  // The clock removes its state before its trigger could fire.
  if (options.time === 'processing') return 'S2.9';
  // No event moves a given watermark.
  return options.watermark?.type === 'given' && options.changedWait === null ? 'S4.1' : null;
}

function offerOf({ run }: Subject, change: Change): Offer {
  const { topics } = run.engine.inputs;
  const events = change.events.map(({ stream, partition, time, arrives, values }) => {
    const { schema } = topics.find(({ name }) => name === stream)!.table;
    const named = Object.fromEntries(schema.map(({ name }, i): [string, Value] => [name, values[i]]));
    return { stream, partition, eventTime: time, arrives, values: named };
  });
  return { events, until: change.until };
}

function partitionsOf(clocks: ClockFacts): Table {
  const table = makeTable([
    field('stream', STRING),
    field('partition', BIGINT),
    field('events', BIGINT),
    field('newest', TIMESTAMP, true),
    field('watermark', TIMESTAMP, true),
    field('idle', BOOLEAN),
    field('holds', BOOLEAN),
  ]);
  const known = (time: number): Value => (time === MIN_TIME ? null : time);
  for (const { topic, partition, head, newestEventTime, watermark, idle, isMinimum } of clocks.partitions)
    appendRow(table, [topic, partition, head, known(newestEventTime), known(watermark), idle, isMinimum]);
  return table;
}
