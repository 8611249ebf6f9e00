import { type Component } from 'svelte';
import { type Cell } from '../../notebook/document';
import Figure from './Figure.svelte';
import Scenario from './Scenario.svelte';
import Sql from './Sql.svelte';
import Table from './Table.svelte';

type Looks = Record<Cell['kind'], Component<{ cell: Cell }>>;

/** How each kind of cell looks. To add a kind: its file, and one line here or in `LATER`. */
export const CELLS = {
  scenario: Scenario,
  sql: Sql,
  figure: Figure,
  table: Table,
} as Partial<Looks> as Looks;

/** Kinds that not every page has: code of their own. */
const LATER: Partial<Record<Cell['kind'], () => Promise<{ default: Component<never> }>>> = {
  predict: () => import('./Predict.svelte'),
  exercise: () => import('./Exercise.svelte'),
  sweep: () => import('./Sweep.svelte'),
  compare: () => import('./Compare.svelte'),
  claim: () => import('./Claim.svelte'),
  orders: () => import('./Orders.svelte'),
};

/** Loads what these cells look like; a page does it before it is written, and before it is taken over. */
export async function loadCells(cells: readonly Cell[]): Promise<void> {
  const kinds = [...new Set(cells.map(({ kind }) => kind))];
  await Promise.all(
    kinds.map(async (kind) => {
      const load = LATER[kind];
      if (load) CELLS[kind] = (await load()).default as Component<{ cell: Cell }>;
    }),
  );
}
