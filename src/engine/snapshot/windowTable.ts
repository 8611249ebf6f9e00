import {
  BIGINT,
  BOOLEAN,
  columnNamed,
  field,
  makeTable,
  TIMESTAMP,
  type Extent,
  type Schema,
  type Table,
} from '../../model';

/** The shape of the `windows` part, which runs and batch jobs fill. */

const WINDOW_COLUMNS: Schema = [
  field('#start', TIMESTAMP),
  field('#end', TIMESTAMP),
  field('#opened', TIMESTAMP),
  field('#since', TIMESTAMP),
  field('#fired', TIMESTAMP),
  field('#passed', TIMESTAMP),
  field('#purged', TIMESTAMP),
  field('#merged', TIMESTAMP),
  field('#panes', BIGINT),
  field('#late', BIGINT),
  field('#rows', BIGINT),
  field('#clock', BOOLEAN),
];

/** The column of the result that windows show: the named one, or the last. */
export const valueColumn = ({ schema }: Table, value: string | undefined): number =>
  value ? columnNamed(schema, value) : schema.length - 1;

export const emptyTable = (keys: Schema, value: Schema[number]): Table =>
  makeTable([...keys, ...WINDOW_COLUMNS, { ...value, name: '#value', nullable: true }, field('#open', BOOLEAN)], 64);

/** From how deep the windows of each key lie at the end of the run; 0 for a key without any. */
export const lanesOf = (depths: number[]): Extent['lanes'] => ({
  keys: depths.filter((deep) => deep > 0).length,
  deep: depths.reduce((most, deep) => Math.max(most, deep), 0),
});
