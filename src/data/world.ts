import { type Table, type Timestamp } from '../model';
import { finish } from '../sim/order';
import { FIXTURE_NAMES, type FixtureName, makeFixture } from './fixtures';
import { makeMart, type MakingProgress, type Mart, START, type TableName } from './mart';
import { type DataSpec } from './scenario';

/** All tables that streams may flow out of, by name. */
export interface World {
  spec: DataSpec;
  /** First moment of the data; clock times in a scenario are on this day. */
  start: Timestamp;
  mart: Mart;
  tables: Record<TableName | FixtureName, Table>;
}

/** Makes a world in slices, see `makeMart`. Pure: nothing is kept. */
export function* makeWorld(spec: DataSpec): Generator<MakingProgress, World> {
  const mart = yield* makeMart(spec);
  const fixtures = Object.fromEntries(FIXTURE_NAMES.map((name) => [name, makeFixture(name)])) as Record<
    FixtureName,
    Table
  >;
  return { spec, start: START, mart, tables: { ...mart.tables, ...fixtures } };
}

/** A world in one go. */
export const makeWorldNow = (spec: DataSpec): World => finish(makeWorld(spec));
