import { keyLegend, LEGEND, moreKeysLegend } from '../words/figures';
import { KEY_CLASSES, type KeyColors } from './keys';
import { shorten } from './label';
import { type EventRow, type Fate } from './part';

/** A symbol as `Legend.svelte` draws it around (11, 9): each shape with its class in the pictures. */
interface Drawing {
  dot?: { r: number; color: string; fate?: Fate; aside?: boolean };
  boxes?: [look: string, x: number, y: number, width: number, height: number, rx: number][];
  circles?: [look: string, r: number][];
  lines?: [look: string, d: string][];
  sign?: string;
  struck?: string;
}

const STEPS = 'M1,5H9V12H21';
const UPRIGHT = 'M11,2V16';

const keyDot = (color: string): Drawing => ({ dot: { r: 4.6, color } });
const band = (kind: string): Drawing => ({ boxes: [[`band ${kind}`, 2, 3, 18, 12, 4]] });

/** Everything that a picture may show. */
const SYMBOLS = {
  k0: keyDot('k0'),
  k1: keyDot('k1'),
  k2: keyDot('k2'),
  k3: keyDot('k3'),
  k4: keyDot('k4'),
  event: keyDot('k1'),
  other: { dot: { r: 3.2, color: 'k0', aside: true } },
  late: { dot: { r: 3.6, color: 'k0', fate: 'late, counted' } },
  'too late': { dot: { r: 4.4, color: 'k0', fate: 'too late' } },
  watermark: { lines: [['water', STEPS]] },
  'thin watermark': { lines: [['thin-water', STEPS]] },
  'idle watermark': { lines: [['thin-water idle', STEPS]] },
  ideal: { lines: [['ideal', STEPS]] },
  'own watermark': { lines: [['own-water', UPRIGHT]] },
  'own idle': { lines: [['own-water idle', UPRIGHT]] },
  'watermark line': { lines: [['water', UPRIGHT]] },
  alone: { circles: [['join-dot k0 alone', 4.6]] },
  'struck dot': { circles: [['join-dot k0 gone', 4.6]], lines: [['strike', 'M4,9H18']] },
  bracket: { lines: [['bracket', 'M2,13V7H20V13']] },
  version: { boxes: [['version k0', 2, 4, 18, 10, 4]] },
  pair: { lines: [['pair', 'M7,2L15,16']] },
  '+I': { sign: '+I' },
  '−U': { sign: '−U' },
  '+U': { sign: '+U' },
  '−D': { sign: '−D' },
  truth: { lines: [['truth', 'M1,9H21']] },
  open: band('open'),
  kept: band('kept'),
  'fired band': band('fired'),
  'closed band': band('closed'),
  seam: { ...band('fired'), lines: [['seam', 'M11,4V14']] },
  pane: { circles: [['bead on-time', 3.4]] },
  'pane early': { circles: [['bead early', 3.4]] },
  'pane late': {
    circles: [
      ['bead-ring', 5.4],
      ['bead late', 3.2],
    ],
  },
  fired: { boxes: [['pill on-time', 2, 4, 18, 10, 5]] },
  'fired early': { boxes: [['pill early', 2, 4, 18, 10, 5]] },
  'fired late': {
    boxes: [
      ['pill-ring', 1, 2, 20, 14, 7],
      ['pill late', 4, 5, 14, 8, 4],
    ],
  },
  'taken back': { struck: '−5' },
  closed: { lines: [['lid', 'M2,9H20']] },
  changed: { boxes: [['changed', 2, 3, 18, 12, 3]] },
  newest: { boxes: [['cell newest', 3, 3, 16, 12, 3]] },
  head: { lines: [['head', 'M6,4H16L11,13Z']] },
  rows: { boxes: [['rows', 2, 7, 18, 4, 2]] },
  run: { circles: [['run', 5]] },
  'current run': { circles: [['run current', 6]] },
} satisfies Record<string, Drawing>;

export type Symbol = keyof typeof SYMBOLS;

export const drawingOf = (symbol: Symbol): Drawing => SYMBOLS[symbol];

export interface LegendItem {
  symbol: Symbol;
  text: string;
}

/** Of what a picture may show, what it does show; with a text where it means more than the symbol. */
export const drawnItems = (items: [drawn: boolean, symbol: keyof typeof LEGEND, text?: string][]): LegendItem[] =>
  items.filter(([drawn]) => drawn).map(([, symbol, text = LEGEND[symbol]]) => ({ symbol, text }));

/** A dot per key while there are at most four; then one for the rest. */
export function keyItems(colors: KeyColors, column: string | null): LegendItem[] {
  if (column === null) return drawnItems([[true, 'event']]);
  const named = colors.keys.slice(0, KEY_CLASSES.length).map((key): LegendItem => ({
    symbol: colors.of(key),
    text: keyLegend(column, shorten(key, 24)),
  }));
  const rest = colors.keys.length - named.length;
  return rest > 0 ? [...named, { symbol: 'k0', text: moreKeysLegend(rest) }] : named;
}

export const fateItems = (events: readonly EventRow[]): LegendItem[] =>
  drawnItems([
    [events.some((event) => event.fate === 'late, counted'), 'late'],
    [events.some((event) => event.fate === 'too late'), 'too late'],
  ]);
