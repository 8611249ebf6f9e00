import {
  CHANGE_SIGNS,
  DELETE,
  formatDuration,
  MAX_TIME,
  MIN_TIME,
  UPDATE_AFTER,
  UPDATE_BEFORE,
  type NamedValue,
  type Purge,
  type StepEntry,
  type StepFacts,
  type Timing,
} from '../../model';
import { clock, counted, listed, ofKey, span } from './phrases';

/** A step with its sentence. */
export interface StepText {
  step: number;
  processing: number;
  sentence: string;
}

export const stepText = ({ step, processing, facts }: StepEntry): StepText => ({
  step,
  processing,
  sentence: stepSentence(facts),
});

/** One step in words: one sentence, two at most. */
export function stepSentence(facts: StepFacts): string {
  switch (facts.kind) {
    case 'none':
      return 'Nothing has happened yet.';
    case 'row in': {
      const { topic, partition, eventTime, processingTime, lateFor } = facts;
      const what = listed(
        facts.values.filter(({ type, value }) => !(type.name === 'TIMESTAMP' && value === eventTime)),
      );
      const when =
        processingTime === eventTime
          ? `at ${clock(eventTime)}`
          : `at ${clock(processingTime)}, ${formatDuration(processingTime - eventTime)} after it happened at ${clock(eventTime)}`;
      const where = partition === null ? '' : ` on partition ${partition}`;
      const late = lateFor === null ? '' : ` It is late: the watermark is already at ${clock(lateFor)}.`;
      return `An event of ${topic} arrives${where} ${when}: ${what}.${late}`;
    }
    case 'watermark advanced': {
      const { topic, from, to } = facts;
      const of = topic === null ? '' : ` of ${topic}`;
      if (to === MAX_TIME) return `The watermark${of} moves to the end of time, because no more events can arrive.`;
      return from === MIN_TIME
        ? `The watermark${of} starts at ${clock(to)}: no event at or before that time is expected any more.`
        : `The watermark${of} moves from ${clock(from)} to ${clock(to)}.`;
    }
    case 'status changed': {
      const who = facts.partition === null ? facts.topic : `Partition ${facts.partition} of ${facts.topic}`;
      return facts.idle
        ? `${who} becomes idle: the watermark does not wait for it any more.`
        : `${who} is active again: the watermark waits for it from now on.`;
    }
    case 'state written':
      return `State of ${placeText(facts)} is now ${listed(facts.values)}.`;
    case 'state read': {
      const verb = facts.touched === 1 ? 'is' : 'are';
      const what = `To answer the request, ${counted(facts.touched, 'row')} ${verb}`;
      return facts.from === 'log'
        ? `${what} read again from the log.`
        : `${what} removed from the state, because they have left the frame.`;
    }
    case 'window fired':
      return `The window ${span(facts)}${ofKey(facts.key)} ${FIRES[facts.timing]}`;
    case 'window emptied':
      return `The contents of ${placeText(facts)} are discarded: its next pane starts empty.`;
    case 'windows merged':
      return `The session ${span(facts)}${ofKey(facts.key)} becomes part of ${span(facts.into)}.`;
    case 'window purged':
      return `The state of ${placeText(facts)} is deleted: no event can reach it any more.`;
    case 'pair joined':
      return `The ${clock(facts.leftTime)} left row and the ${clock(facts.rightTime)} right row${ofKey(facts.key)} make a pair.`;
    case 'row padded':
      return `No partner can arrive any more for the ${rowText(facts)}: it is emitted alone.`;
    case 'row purged':
      return `The ${rowText(facts)} ${PURGED[facts.because]}`;
    case 'row dropped':
      return facts.start === facts.end
        ? `The event is too late: ${listed(facts.key) || 'its key'} was already answered up to a later time. It is set aside.`
        : `The event is too late: its last window, ${span(facts)}, has been closed. It is set aside.`;
    case 'row out':
      return resultText(facts);
    case 'job ended': {
      const read = `The batch job has read ${counted(facts.rowsRead, 'row')} that had arrived by ${clock(facts.processingTime)}`;
      return `${read}, and publishes ${counted(facts.published, 'row')}.`;
    }
    case 'action applied': {
      const parts: string[] = [];
      if (facts.wait !== null) parts.push(`the watermark waits ${formatDuration(facts.wait)}`);
      if (facts.lateness !== null) parts.push(`the allowed lateness is ${formatDuration(facts.lateness)}`);
      return `A change takes effect: ${parts.join(', ')}.`;
    }
    case 'input ended':
      return 'The input has ended.';
  }
}

const FIRES: Record<Timing, string> = {
  early: 'fires early: more events may arrive.',
  'on time': 'fires: the watermark has reached its end.',
  late: 'fires again immediately for the late event.',
};

const PURGED: Record<Purge, string> = {
  passed: 'is forgotten: no later event can match it.',
  expired: 'is forgotten: its time to live is over.',
  'taken back': 'is retracted, and its pairs with it.',
};

/** `10:02:00 left row of card 7` */
const rowText = ({ key, side, time }: { key: NamedValue[]; side: 'left' | 'right'; time: number }): string =>
  `${clock(time)} ${side} row${ofKey(key)}`;

function placeText(place: { key: NamedValue[]; start: number; end: number }): string {
  const key = listed(place.key);
  if (place.start === place.end) return key || 'the aggregate';
  return key ? `${key} in ${span(place)}` : span(place);
}

function resultText({ change, values }: Extract<StepFacts, { kind: 'row out' }>): string {
  const text = listed(values);
  switch (change) {
    case UPDATE_BEFORE:
      return `The result retracts (${CHANGE_SIGNS[UPDATE_BEFORE]}): ${text}.`;
    case UPDATE_AFTER:
      return `The result replaces it with (${CHANGE_SIGNS[UPDATE_AFTER]}): ${text}.`;
    case DELETE:
      return `The result deletes (${CHANGE_SIGNS[DELETE]}): ${text}.`;
    default:
      return `The result gains a row: ${text}.`;
  }
}
