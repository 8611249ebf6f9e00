import { type Table } from '../../model';
import { type Consumer, type Origin } from './chunk';

/** An operator that answers only when it has seen all: rows go in, and at the end a table comes out. */
export interface Breaker {
  consume: Consumer;
  finish(): { table: Table; origin: Origin };
}
