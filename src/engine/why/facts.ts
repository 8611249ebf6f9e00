import { MIN_TIME } from '../../model';
import { POLICIES } from '../profiles';
import { EVENT } from '../run/inputLog';
import { type Run } from '../run/run';
import { isExpired } from '../stream/windows';
import { keyId, type Subject } from './subject';
import { type Target } from './probe';

/** What the trace shows about one window of one key, up to an input. */
export interface WindowFacts {
  /** Inputs of the rows that it holds, in order; two rows may have the same input. */
  rows: number[];
  /** Of these, the ones after its last firing. */
  fresh: number[];
  /** Steps at which it fired. */
  fired: number[];
  /** Inputs of the key's rows that were meant for it and were dropped. */
  refused: number[];
  /** The session that it is part of now, or null. */
  into: { start: number; end: number } | null;
  /** The key's windows that have been opened and not purged, emptied or not. */
  open: { start: number; end: number }[];
}

const KINDS = [
  'state written',
  'window fired',
  'windows merged',
  'window emptied',
  'row dropped',
  'window purged',
] as const;

/** Rows and firings of a window. `until`: the last step that counts. */
export function factsOf(subject: Subject, { nodeIndex, key, start, end }: Target, until: number): WindowFacts {
  const { run } = subject;
  const { state, windows } = run.engine.operators[nodeIndex];
  /** Rows of each window of the key, by its bounds: sessions take over those of others. */
  const rows = new Map<string, number[]>();
  const nameOf = (window: { start: number; end: number }): string => `${window.start} ${window.end}`;
  const mine = nameOf({ start, end });
  const of = (window: string): number[] => {
    let found = rows.get(window);
    if (!found) rows.set(window, (found = []));
    return found;
  };
  const facts: WindowFacts = { rows: [], fresh: [], fired: [], refused: [], into: null, open: [] };
  const open = new Map<string, { start: number; end: number }>();
  const { watermark } = POLICIES[subject.options.profile];
  let fresh = 0;
  for (const step of run.stepsOf(KINDS, { operator: nodeIndex + 1, key: keyId(state!.keys, key), until })) {
    const { input } = step;
    const name = nameOf(step);
    switch (step.kind) {
      case 'state written':
        for (const [left, right] of windows!.windowsOf(step.start, step.end)) {
          const window = { start: left, end: right };
          const isMine = nameOf(window) === mine;
          // A slice is written for the windows that are still kept; the others do not count the row any more (S5.4).
          if (watermark.is !== 'none' && isLate(subject, input, right)) {
            if (isMine) facts.refused.push(input);
            continue;
          }
          of(nameOf(window)).push(input);
          open.set(nameOf(window), window);
          if (isMine) facts.into = null;
        }
        break;
      case 'windows merged': {
        const into = nameOf(step.into);
        if (into !== name) {
          rows.set(into, [...of(into), ...of(name)]);
          rows.delete(name);
          open.delete(name);
        }
        open.set(into, step.into);
        if (name === mine) {
          facts.into = step.into;
          facts.fired = [];
          fresh = 0;
        }
        if (into === mine) facts.into = null;
        break;
      }
      case 'window emptied':
        rows.delete(name);
        if (name === mine) fresh = 0;
        break;
      case 'window purged':
        open.delete(name);
        break;
      case 'window fired':
        if (name !== mine) break;
        facts.fired.push(step.step);
        fresh = of(mine).length;
        break;
      case 'row dropped': {
        const { inputs } = run.engine;
        const time = inputs.kind(input) === EVENT ? inputs.eventTime(input) : MIN_TIME;
        if (time >= start && time < end) facts.refused.push(input);
      }
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
interface PartitionFacts {
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
  /** By how much the operators between delay the sources' watermark, ms. */
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
  // A perfect watermark depends on later events, which only the whole run has.
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
