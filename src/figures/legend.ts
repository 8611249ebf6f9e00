import { type EventRow } from './part';
import { type KeyClass, type KeyColors } from './keys';
import { shorten } from './label';

/** What a picture may show; `Legend.svelte` draws each as the pictures do. */
export type Symbol =
  | KeyClass
  | 'event'
  | 'other'
  | 'late'
  | 'too late'
  | 'watermark'
  | 'thin watermark'
  | 'idle watermark'
  | 'ideal'
  | 'own watermark'
  | 'own idle'
  | 'watermark line'
  | 'alone'
  | 'struck dot'
  | 'bracket'
  | 'version'
  | 'pair'
  | '+I'
  | '−U'
  | '+U'
  | '−D'
  | 'truth'
  | 'open'
  | 'fired'
  | 'fired early'
  | 'fired late'
  | 'taken back'
  | 'kept'
  | 'fired band'
  | 'closed band'
  | 'pane'
  | 'pane early'
  | 'pane late'
  | 'seam'
  | 'closed'
  | 'changed'
  | 'newest'
  | 'head'
  | 'rows'
  | 'run'
  | 'current run';

export interface LegendItem {
  symbol: Symbol;
  text: string;
}

/** Of what a picture may show, what it does show. */
export const drawnItems = (items: [boolean, LegendItem][]): LegendItem[] =>
  items.filter(([drawn]) => drawn).map(([, item]) => item);

/** A dot per key while there are at most four; then one for the rest. */
export function keyItems(colors: KeyColors, column: string | null): LegendItem[] {
  if (column === null) return [{ symbol: 'event', text: 'event' }];
  const named = colors.keys.slice(0, 4).map((key): LegendItem => ({
    symbol: colors.of(key),
    text: `${column} ${shorten(key, 24)}`,
  }));
  const rest = colors.keys.length - named.length;
  return rest > 0 ? [...named, { symbol: 'k0', text: `${rest} more, by name` }] : named;
}

export function fateItems(events: readonly EventRow[]): LegendItem[] {
  const items: LegendItem[] = [];
  if (events.some((event) => event.fate === 'late, counted')) items.push({ symbol: 'late', text: 'late, counted' });
  if (events.some((event) => event.fate === 'too late'))
    items.push({ symbol: 'too late', text: 'too late, set aside' });
  return items;
}
