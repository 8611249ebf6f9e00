import { curveStepBefore, line } from 'd3';
import { isTime, MIN_TIME } from '../model';
import { watermarkSentence } from '../words/figures';
import { type Mark } from './figure';
import { type PartitionLine, type WatermarkMove } from './part';
import { textWidth, type Box, type Placer } from './label';
import { type Scales } from './plane-events';

export interface WatermarkLine {
  path: string;
  x: number;
  y: number;
  end: boolean;
  /** Where it runs, for what keeps clear of it. */
  boxes: Box[];
}

/** The watermark of one partition: thin, and dotted while it is idle. */
export interface ThinLine {
  id: string;
  /** Stretches while it is active, and while it is idle. */
  active: string;
  idle: string;
  label: { text: string; x: number; y: number; anchor: 'start' | 'end' } | null;
}

const stepped = line().curve(curveStepBefore);

/** A stepped line; moves before the view start at its left edge, and the end of time is its right edge. */
export function watermarkLine(moves: WatermarkMove[], { y, clip, frame }: Scales, now: number): WatermarkLine | null {
  const known = moves.filter((move) => move.watermark > MIN_TIME && move.processing <= now);
  if (known.length === 0) return null;
  const points: [number, number][] = [[frame.x, y(known[0].processing)]];
  for (const { watermark, processing } of known) {
    const point: [number, number] = [clip(watermark), y(processing)];
    const last = points[points.length - 1];
    if (point[0] === frame.x) points[0] = point;
    else if (Math.abs(point[0] - last[0]) + Math.abs(point[1] - last[1]) > 0.4) points.push(point);
  }
  const last = known[known.length - 1].watermark;
  const at: [number, number] = [clip(last), y(now)];
  points.push(at);
  const boxes = points.slice(1).flatMap((to, i) => legsOf(points[i], to));
  return { path: stepped(points) ?? '', x: at[0], y: at[1], end: !isTime(last) && last > 0, boxes };
}

/** Down first, then across. */
const legsOf = ([x0, y0]: [number, number], [x1, y1]: [number, number]): Box[] => [
  { x: x0 - 2, y: y0, width: 4, height: y1 - y0 },
  { x: Math.min(x0, x1), y: y1 - 2, width: Math.abs(x1 - x0), height: 4 },
];

/** One line per partition, named where there is room beside its end. */
export function thinLines(lines: PartitionLine[], scales: Scales, now: number, placer: Placer): ThinLine[] {
  const { y, clip, frame } = scales;
  const several = new Set(lines.map((one) => one.source)).size > 1;
  return lines.flatMap(({ source, partition, moves }): ThinLine[] => {
    const known = moves.filter((move) => move.processing <= now);
    if (known.length === 0) return [];
    const paths = { active: '', idle: '' };
    let at: [number, number] = [frame.x, y(known[0].processing)];
    known.forEach(({ watermark, processing, idle }, i) => {
      const to: [number, number] = [clip(watermark), y(processing)];
      const until = y(known[i + 1]?.processing ?? now);
      const path = `M${at[0].toFixed(1)},${to[1].toFixed(1)}H${to[0].toFixed(1)}V${until.toFixed(1)}`;
      paths[idle ? 'idle' : 'active'] += path;
      at = [to[0], until];
    });
    const text = several ? `${'abcdefgh'[source] ?? source + 1}${partition}` : `p${partition}`;
    const width = textWidth(text, 11);
    const box = placer.place(
      [at[1] - 16, at[1] - 32, at[1] - 48].flatMap((top) => [
        { x: at[0] + 5, y: top, width, height: 14 },
        { x: at[0] - 5 - width, y: top, width, height: 14 },
      ]),
    );
    const label = box ? { text, x: box.x, y: box.y + 11, anchor: 'start' as const } : null;
    return [{ id: `${source} ${partition}`, ...paths, label }];
  });
}

export function watermarkMark(at: { x: number; y: number }, moves: WatermarkMove[], clock: Scales['clock']): Mark {
  const { watermark } = moves[moves.length - 1];
  return {
    id: 'watermark',
    ...at,
    sentence: watermarkSentence(watermark, clock),
    target: { kind: 'watermark', watermark },
  };
}
