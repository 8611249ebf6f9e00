import { type Component } from 'svelte';
import { type Cell } from '../../notebook/document';
import Claim from './Claim.svelte';
import Compare from './Compare.svelte';
import Exercise from './Exercise.svelte';
import Figure from './Figure.svelte';
import Orders from './Orders.svelte';
import Predict from './Predict.svelte';
import Scenario from './Scenario.svelte';
import Sql from './Sql.svelte';
import Sweep from './Sweep.svelte';
import Table from './Table.svelte';

/** How each kind of cell looks. To add a kind: its file, and one line here. */
export const CELLS = {
  scenario: Scenario,
  sql: Sql,
  figure: Figure,
  table: Table,
  predict: Predict,
  exercise: Exercise,
  sweep: Sweep,
  compare: Compare,
  claim: Claim,
  orders: Orders,
} as Record<Cell['kind'], Component<{ cell: Cell }>>;
