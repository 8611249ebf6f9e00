import { type Cell } from '../document';
import { type CellKind } from './cell';
import { claim } from './claim';
import { compare } from './compare';
import { exercise } from './exercise';
import { figure } from './figure';
import { orders } from './orders';
import { predict } from './predict';
import { scenario } from './scenario';
import { sql } from './sql';
import { sweep } from './sweep';
import { table } from './table';

/** Every kind of cell, by the word that opens its fence. */
export const CELL_KINDS: { [K in Cell['kind']]: CellKind<Extract<Cell, { kind: K }>> } = {
  scenario,
  sql,
  figure,
  table,
  predict,
  exercise,
  sweep,
  compare,
  claim,
  orders,
};
