import { MIN_TIME, stepCode } from '../../model';
import { POLICIES } from '../profiles';
import { EVENT } from '../run/inputLog';
import { type Run } from '../run/run';
import { isExpired } from '../stream/windows';
import { keyId, type Subject } from './subject';
import { type Target } from './probe';

/** What the trace says of one window of one key, up to an input. */
export interface WindowFacts {
  /** Inputs whose rows it took and has not let go, in order; a row may have come with the same input as another. */
  rows: number[];
  /** Of these, those behind its last firing. */
  fresh: number[];
  /** Steps at which it fired. */
  fired: number[];
  /** Inputs of the key's rows that were for it, and that it did not take. */
  refused: number[];
  /** The session that it is part of now, or null. */
  into: { start: number; end: number } | null;
  /** The key's windows that have been opened and have not gone, emptied or not. */
  open: { start: number; end: number }[];
}

const WRITTEN = stepCode('state written');
const FIRED = stepCode('window fired');
const MERGED = stepCode('windows merged');
const EMPTIED = stepCode('window emptied');
const DROPPED = stepCode('row dropped');
const PURGED = stepCode('window purged');

const KINDS: ReadonlySet<number> = new Set([WRITTEN, FIRED, MERGED, EMPTIED, DROPPED, PURGED]);

/** Rows, firings and what became of them. `until`: the last step that counts. */
export function factsOf(subject: Subject, { nodeIndex, key, start, end }: Target, until: number): WindowFacts {
  const { engine, trace } = subject.run;
  const { state, windows } = engine.operators[nodeIndex];
  const { log } = trace;
  const { inputs } = engine;
  const id = keyId(state!.keys, key);
  /** Rows of each window of the key, by its bounds: sessions take over those of others. */
  const rows = new Map<string, number[]>();
  const name = (from: number, to: number): string => `${from} ${to}`;
  const mine = name(start, end);
  const of = (window: string): number[] => {
    let found = rows.get(window);
    if (!found) rows.set(window, (found = []));
    return found;
  };
  const facts: WindowFacts = { rows: [], fresh: [], fired: [], refused: [], into: null, open: [] };
  const open = new Map<string, { start: number; end: number }>();
  const last = Math.min(until, log.length - 1);
  const { watermark } = POLICIES[subject.options.profile];
  let fresh = 0;
  for (let at = 0; at <= last; at += 1) {
    if (log.operator[at] !== nodeIndex + 1 || log.key[at] !== id || !KINDS.has(log.kind[at])) continue;
    const [from, to, input] = [log.a[at], log.b[at], log.input[at]];
    const time = inputs.kind(input) === EVENT ? inputs.eventTime(input) : MIN_TIME;
    switch (log.kind[at]) {
      case WRITTEN:
        for (const [left, right] of windows!.windowsOf(from, to)) {
          // A slice is written for the windows that still live; the others do not count the row any more (S5.4).
          if (watermark.is !== 'none' && isLate(subject, input, right)) {
            if (left === start && right === end) facts.refused.push(input);
            continue;
          }
          of(name(left, right)).push(input);
          open.set(name(left, right), { start: left, end: right });
          if (left === start && right === end) facts.into = null;
        }
        break;
      case MERGED: {
        const [left, right] = log.values(at);
        const into = name(left, right);
        const from_ = of(name(from, to));
        if (into !== name(from, to)) {
          rows.set(into, [...of(into), ...from_]);
          rows.delete(name(from, to));
          open.delete(name(from, to));
        }
        open.set(into, { start: left, end: right });
        if (name(from, to) === mine) {
          facts.into = { start: left, end: right };
          facts.fired = [];
          fresh = 0;
        }
        if (into === mine) facts.into = null;
        break;
      }
      case EMPTIED:
        rows.delete(name(from, to));
        if (name(from, to) === mine) fresh = 0;
        break;
      case PURGED:
        open.delete(name(from, to));
        break;
      case FIRED:
        if (name(from, to) !== mine) break;
        facts.fired.push(at);
        fresh = of(mine).length;
        break;
      default:
        if (time >= start && time < end) facts.refused.push(input);
    }
  }
  facts.rows = of(mine);
  facts.open = [...open.values()];
  facts.fresh = facts.rows.slice(fresh);
  return facts;
}

/** Whether a window had expired when the row of an input came. */
function isLate(subject: Subject, input: number, end: number): boolean {
  const { engine } = subject.run;
  const { inputs } = engine;
  const { lateness } = engine.windows!;
  if (subject.options.time === 'processing' || inputs.kind(input) !== EVENT || engine.sources.length > 1) return false;
  return isExpired(end, lateness, engine.sources[0].watermarkBefore(input));
}

/** The state of a partition at an input. */
export interface PartitionFacts {
  stream: string;
  partition: number;
  /** How many events it has had. */
  events: number;
  newest: number;
  watermark: number;
  idle: boolean;
  /** Whether the watermark waits for it: it is the minimum of the active ones. */
  isMinimum: boolean;
}

/** The clocks at an input. */
export interface ClockFacts {
  /** At the operator of the window. */
  watermark: number;
  /** How much of the sources' watermark is held back on its way there, ms. */
  watermarkDelay: number;
  partitions: PartitionFacts[];
}

/** Where the watermark is, and which partitions hold it back. `runAtInput`: the run right after the input. */
export function clocksOf({ run, options }: Subject, runAtInput: Run, nodeIndex: number, input: number): ClockFacts {
  const { graph, operators } = runAtInput;
  const delayOf = (at: number): number =>
    Math.max(
      0,
      ...graph.operators[at].inputs.map((port) =>
        port.nodeIndex < 0 ? 0 : delayOf(port.nodeIndex) + operators[port.nodeIndex].watermarkDelay,
      ),
    );
  // Who knows the future must be asked in the run that has one.
  const knows = options.watermark?.type === 'perfect';
  const partitions = runAtInput.sources.flatMap(({ topic, watermarks }, at) =>
    Array.from({ length: topic.partitions }, (_, partition): PartitionFacts => ({
      stream: topic.name,
      partition,
      events: watermarks.counts[partition],
      newest: watermarks.newest[partition],
      watermark: knows && input >= 0 ? run.engine.sources[at].watermarkAt[input] : watermarks.of(partition),
      idle: watermarks.isIdleAt(partition),
      isMinimum: false,
    })),
  );
  const active = partitions.filter(({ idle }) => !idle);
  const least = Math.min(...active.map(({ watermark }) => watermark));
  for (const one of active) one.isMinimum = one.watermark === least;
  const watermark = knows && input >= 0 ? run.engine.watermarkHistory()[input] : operators[nodeIndex].inputWatermark;
  return { watermark, watermarkDelay: delayOf(nodeIndex), partitions };
}
