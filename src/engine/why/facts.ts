import { MIN_TIME, type PartitionState } from '../../model';
import { EVENT } from '../run/inputLog';
import { type Run } from '../run/run';
import { KeyWindows, WINDOW_STEPS, windowsIn } from '../snapshot/keyWindows';
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

/** Rows and firings of a window. `until`: the last step that counts. */
export function factsOf(subject: Subject, { nodeIndex, key, start, end }: Target, until: number): WindowFacts {
  const { engine } = subject.run;
  const { inputs } = engine;
  const { state, windows: shape } = engine.operators[nodeIndex].operator;
  const id = keyId(state!.keys, key);
  const seen = new KeyWindows();
  const refused: number[] = [];
  const isMine = (window: readonly [number, number]): boolean => window[0] === start && window[1] === end;
  const kinds = [...WINDOW_STEPS, 'row dropped'] as const;
  for (const step of subject.run.stepsOf(kinds, { operator: nodeIndex + 1, key: id, until })) {
    const { input } = step;
    if (step.kind === 'row dropped') {
      const time = inputs.kind(input) === EVENT ? inputs.eventTime(input) : MIN_TIME;
      if (time >= start && time < end) refused.push(input);
      continue;
    }
    const { windows, expired } = windowsIn(engine, shape!, step);
    seen.read(step, windows);
    if (expired.some(isMine)) refused.push(input);
  }
  const mine = seen.find(start, end);
  const { rows, emitted, fired } = mine ?? { rows: [], emitted: 0, fired: [] };
  const gone = mine ? undefined : seen.gone.findLast((one) => isMine([one.start, one.end]));
  return {
    rows,
    fresh: rows.slice(emitted),
    fired: fired.map(({ step }) => step),
    refused,
    into: gone?.merged?.into ?? null,
    open: seen.live.filter(({ isOpen }) => isOpen),
  };
}

/** `isMinimum`: the watermark waits for it, as it has the least of the active ones. */
type PartitionFacts = PartitionState & { isMinimum: boolean };

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
  const { operators } = runAtInput;
  const delayOf = (at: number): number =>
    Math.max(
      0,
      ...operators[at].node.inputs.map((port) =>
        port.nodeIndex < 0 ? 0 : delayOf(port.nodeIndex) + (operators[port.nodeIndex].operator.watermarkDelay ?? 0),
      ),
    );
  // A perfect watermark depends on later events, which only the whole run has.
  const knows = options.watermark?.type === 'perfect' && input >= 0;
  const { sources } = run.engine;
  const partitions = runAtInput.sources.partitions().map((one): PartitionFacts => ({ ...one, isMinimum: false }));
  if (knows) for (const one of partitions) one.watermark = sources.watermarkHistory([sources.find(one.topic)])[input];
  const active = partitions.filter(({ idle }) => !idle);
  const least = Math.min(...active.map(({ watermark }) => watermark));
  for (const one of active) one.isMinimum = one.watermark === least;
  const watermark = knows ? sources.watermarkHistory()[input] : operators[nodeIndex].inputWatermark;
  return { watermark, watermarkDelay: delayOf(nodeIndex), partitions };
}
