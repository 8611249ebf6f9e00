import { type Scenario } from '../data/scenario';
import { catalogOf as catalogOfStreams } from './catalog';
import { type Catalog } from '../sql/plan';

// What a worker loads when it is first needed. A spare that only stands by has none of it.

/** The world: the card data mart, its streams. */
export const data = (): Promise<typeof import('../data')> => import('../data');
/** The language: parser, binder, completions. */
export const sql = (): Promise<typeof import('../sql')> => import('../sql');
/** The batch executor. */
export const batch = (): Promise<typeof import('../engine/batch')> => import('../engine/batch');

/** What a definition may read in a scenario: its streams, by lower-case name. */
export const catalogOf = async (scenario: Scenario): Promise<Catalog> =>
  catalogOfStreams(scenario, (await data()).streamSchema);
