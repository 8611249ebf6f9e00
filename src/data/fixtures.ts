import {
  field,
  INT,
  MONEY,
  parseTime,
  type Schema,
  STRING,
  type Table,
  tableOf,
  TIMESTAMP,
  type Value,
} from '../model';
import { START } from './mart/size';

/**
 * Small tables with known answers (`DATA.md` §4.2). Their clock times are on the first day of the world, so that
 * lessons can write 09:33.
 */
export const FIXTURE_NAMES = ['inventory', 'page_views', 'rolling'] as const;
export type FixtureName = (typeof FIXTURE_NAMES)[number];

const DAY = 86_400_000;

export const FIXTURE_SCHEMAS: Record<FixtureName, Schema> = {
  /** The price log of a shop: one row per change. */
  inventory: [field('item_id', INT), field('item', STRING), field('price', MONEY), field('ts', TIMESTAMP)],
  /** Who looked at what; `price` is the item's price at that time. */
  page_views: [field('user_id', INT), field('item_id', INT), field('price', MONEY), field('ts', TIMESTAMP)],
  /** Payments of two cards whose rolling means are known for every window edge. */
  rolling: [field('card', STRING), field('amount', MONEY), field('ts', TIMESTAMP)],
};

/** A clock time, some days from the first day of the world. */
const at = (clock: string, day = 0): number => parseTime(clock, START + day * DAY);

const ROWS: Record<FixtureName, Value[][]> = {
  // The three dated changes keep the distances of the article (8, 17 and 19 June): the last is on the first day here.
  inventory: [
    [1, 'Shoes', 6_000, at('00:00', -18)],
    [2, 'Scarf', 2_000, at('00:00', -18)],
    [3, 'Blouse', 3_000, at('11:05:04', -11)],
    [4, 'Jeans', 4_000, at('03:12:16', -2)],
    [3, 'Blouse', 3_500, at('09:23:23')],
  ],
  page_views: [
    [7, 1, 6_000, at('09:03')],
    [7, 2, 2_000, at('09:04')],
    [7, 3, 3_000, at('09:05')],
    [7, 3, 3_000, at('09:20')],
    [7, 4, 4_000, at('09:33')],
    [7, 3, 3_500, at('09:34')],
    [7, 1, 6_000, at('09:35')],
  ],
  rolling: [
    ['A', 1_000, at('00:00')],
    ['A', 2_000, at('00:05')],
    ['A', 3_000, at('00:10')],
    ['B', 10_000, at('00:10')],
    ['B', 20_000, at('00:10')],
    ['A', 4_000, at('00:59:59')],
    ['A', 5_000, at('01:00')],
    ['A', 6_000, at('01:05')],
    ['A', 7_000, at('00:05', 1)],
  ],
};

export const makeFixture = (name: FixtureName): Table => tableOf(FIXTURE_SCHEMAS[name], ROWS[name]);
