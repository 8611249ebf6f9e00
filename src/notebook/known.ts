import { streamSchema } from '../data';
import { type Schema } from '../model';
import { didYouMean } from '../sql/suggest';
import { type Cell, type ScenarioCell, type SqlCell } from './document';
import { type Item } from './item';

/**
 * What a cell may refer to: the cells above it. So that nothing can refer to itself, references only go up; prose is
 * read last and may refer to every cell.
 */
export class Known {
  readonly cells = new Map<string, Cell>();
  private readonly results = new Map<string, Schema>();

  constructor(readonly misconceptions: ReadonlySet<string>) {}

  /** The cell that an item names, of a kind. */
  cell<K extends Cell['kind']>(item: Item, kind: K): Extract<Cell, { kind: K }> {
    const id = item.string();
    const cell = this.cells.get(id);
    if (cell?.kind === kind) return cell as Extract<Cell, { kind: K }>;
    const ids = [...this.cells.values()].filter((one) => one.kind === kind).map((one) => one.id);
    throw item.error(cell ? `${id} is not a ${kind} cell` : `no cell ${id} above`, {
      expected: `the id of a ${kind} cell further up`,
      found: cell ? `a ${cell.kind} cell` : JSON.stringify(id),
      hint: didYouMean(id, ids, `${kind} cells`),
    });
  }

  scenarioOf(cell: SqlCell): ScenarioCell {
    return this.cells.get(cell.reads) as ScenarioCell;
  }

  addResult(id: string, schema: Schema): void {
    this.results.set(id, schema);
  }

  /** Result columns of a sql cell. */
  schemaOf = (id: string): Schema => this.results.get(id) ?? [];

  /** Columns that a `where` on the run of a sql cell may name: of its streams, its result, and its windows. */
  columnsAround(cell: SqlCell): Schema {
    const streams = Object.values(this.scenarioOf(cell).scenario.streams).flatMap((spec) => [...streamSchema(spec)]);
    return [...this.schemaOf(cell.id), ...streams];
  }
}
