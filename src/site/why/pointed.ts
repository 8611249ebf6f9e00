import { type Chosen, type WhyTarget } from '../../figures/figure';
import { formatClock, readRow, type Table, type Value } from '../../model';
import { type Because } from '../../model';

/** What an open answer refers to, for every picture of its run. */
export interface Pointed {
  /** The same in words. */
  sentence: string;
  chosen: Chosen;
}

/** Events that are named one by one; of more only the number is given. */
const MOST_NAMED = 24;

interface Place {
  stream: string;
  partition: number;
  offset: number;
}

/**
 * What is asked about, and the events that made it. `first`: the stream of marks that do not say theirs, the first that
 * the run reads.
 */
export function pointedAt(target: WhyTarget, because: Because | null, first: string): Pointed {
  const places = (because?.events ?? []).flatMap(({ stream, table }) => placesOf(stream, table));
  if (target.kind === 'event') places.push({ ...target, stream: target.stream ?? first });
  const nameOf = ({ stream, partition, offset }: Place): string => `${stream} ${partition} ${offset}`;
  const events = new Set(places.map(nameOf));
  const key = target.kind === 'window' ? target.key : target.kind === 'row' ? target.row : {};
  const span = spanOf(target);
  const same = (values: Record<string, Value>): boolean =>
    Object.entries(key).every(([name, value]) => !Object.hasOwn(values, name) || values[name] === value);
  const sameSpan = (other: [number, number] | null): boolean =>
    span === null ? other === null : other !== null && other[0] === span[0] && other[1] === span[1];
  return {
    sentence: textOf(places, span),
    chosen: (mark) => {
      if (mark.kind === 'event') return events.has(nameOf({ ...mark, stream: mark.stream ?? first }));
      if (mark.kind === 'watermark' || target.kind === 'event' || !sameSpan(spanOf(mark))) return false;
      return same(mark.kind === 'window' ? mark.key : mark.row);
    },
  };
}

function spanOf(target: WhyTarget): [start: number, end: number] | null {
  if (target.kind === 'window') return [target.start, target.end];
  return target.kind === 'row' ? (target.span ?? null) : null;
}

function placesOf(stream: string, table: Table): Place[] {
  const [partition, offset] = ['#partition', '#offset'].map((name) =>
    table.schema.findIndex((one) => one.name === name),
  );
  return Array.from({ length: table.length }, (_, row) => {
    const values = readRow(table, row);
    return { stream, partition: Number(values[partition]), offset: Number(values[offset]) };
  });
}

function textOf(places: Place[], span: [number, number] | null): string {
  const what: string[] = [];
  if (span && span[0] < span[1]) what.push(`the window [${formatClock(span[0])}, ${formatClock(span[1])})`);
  const lanes = new Map<string, number[]>();
  for (const { stream, partition, offset } of places) {
    const lane = `${stream}, partition ${partition}`;
    lanes.set(lane, [...(lanes.get(lane) ?? []), offset]);
  }
  const named = [...lanes].map(([lane, offsets]) => `${lane}, offset ${offsets.join(', ')}`);
  const count = `${places.length} ${places.length === 1 ? 'event' : 'events'}`;
  if (places.length > 0) what.push(places.length > MOST_NAMED ? count : `${count} (${named.join('; ')})`);
  return what.length === 0 ? 'Nothing is outlined.' : `Outlined in the pictures of this run: ${what.join(' and ')}.`;
}
