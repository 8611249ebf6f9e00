import { MAX_TIME, takeRows, TidemarkError } from '../../model';
import { type Plan } from '../../sql/plan';
import { type Topic } from '../log/topic';
import { EVENT, Agenda, type InputLog, type AgendaExtras } from './agenda';
import { LocalRun, type LocalOptions } from './local';

/** Ticks that a run may have behind its last event: a stream that has gone quiet is not waited for longer. */
export const MOST_QUIET_TICKS = 10_000;
const MOST_TICKS = 200_000;

/**
 * Everything that enters a run, with the ticks of the clock that something in it asks for: processing-time triggers,
 * state that expires, periodic watermarks, idle partitions. Where nothing does this is `feedOf`.
 *
 * A feed is fixed before the run is looked at. So the plan is first run once without a trace, one input at a time: before
 * each event there is a tick at every time that the run has asked for by then, in order. A tick at the very time of an
 * event comes before it. Partitions that are held back (S20.2) are read later than they arrived; that order, too, is
 * settled here, and the topics of the feed have their rows in it.
 *
 * Behind the last event a stream that goes quiet keeps its clock: ticks go on until nothing asks for one, at most
 * `MOST_QUIET_TICKS` of them. A stream that ends does not wait: what is due later by the clock never comes.
 */
export function clockedInputLog(plan: Plan, topics: Topic[], extras: AgendaExtras, options: LocalOptions): InputLog {
  const aligns = options.maxDrift !== null && options.job === null;
  const agenda: Agenda = new Agenda(
    topics,
    extras,
    aligns ? (topic, partition) => scout.isPausedByAlignment(topic, partition) : null,
  );
  const { inputLog } = agenda;
  const { results: _results, ...rest } = options;
  const scout: LocalRun = new LocalRun(plan, inputLog, { ...rest, rangeRows: 1 }, null);
  if (!scout.needsClock) {
    while (agenda.push());
    return inputLog;
  }
  let quiet = 0;
  for (let ticks = 0; ;) {
    const alarm = quiet < MOST_QUIET_TICKS ? scout.alarm() : MAX_TIME;
    if (!agenda.push(alarm)) break;
    scout.advance(() => true);
    if (inputLog.kind[inputLog.length - 1] === EVENT) continue;
    if (agenda.isRead) quiet += 1;
    ticks += 1;
    if (ticks > MOST_TICKS) {
      throw new TidemarkError({
        what: 'the clock would have to tick too often',
        found: `more than ${MOST_TICKS} times`,
        hint: 'Take a longer interval, or a shorter span of time.',
      });
    }
  }
  return aligns ? inOrder(inputLog, topics) : inputLog;
}

/** The feed with each topic's rows in the order in which they are read. */
function inOrder(inputLog: InputLog, topics: Topic[]): InputLog {
  const order = topics.map((): number[] => []);
  const row = new Int32Array(inputLog.row.length);
  for (let input = 0; input < inputLog.length; input += 1) {
    if (inputLog.kind[input] !== EVENT) continue;
    row[input] = order[inputLog.topic[input]].push(inputLog.row[input]) - 1;
  }
  const read = topics.map((topic, i) => reordered(topic, order[i]));
  const agenda = new Agenda(read, { end: false });
  const again: InputLog = { ...inputLog, topics: agenda.inputLog.topics, row };
  for (let input = 0; input < inputLog.length; input += 1) {
    if (inputLog.kind[input] === EVENT) again.topics[inputLog.topic[input]].batch.input[row[input]] = input;
  }
  return again;
}

function reordered(topic: Topic, rows: number[]): Topic {
  const pick = <A extends Int32Array | Float64Array>(array: A): A => {
    const made = new (array.constructor as new (n: number) => A)(rows.length);
    rows.forEach((from, to) => {
      made[to] = array[from];
    });
    return made;
  };
  return {
    ...topic,
    table: takeRows(topic.table, rows),
    time: pick(topic.time),
    append: pick(topic.append),
    partition: pick(topic.partition),
    offset: pick(topic.offset),
  };
}
