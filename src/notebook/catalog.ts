import type { Scenario, StreamSpec } from '../data/scenario';
import type { Schema } from '../model';
import type { Catalog, Scan } from '../sql/plan';

/**
 * What the SQL of a scenario may read: its streams, by lower-case name. `streamSchema` is that of `src/data`; it is
 * passed in so that a caller that loads the data only when needed can use this too.
 */
export function catalogOf({ streams }: Scenario, streamSchema: (spec: StreamSpec) => Schema): Catalog {
  const scanOf = (table: string, spec: StreamSpec): Scan => {
    const schema = streamSchema(spec);
    const timeColumn = schema.findIndex((one) => one.name === spec.time);
    return {
      node: 'scan',
      table,
      schema,
      timeColumn,
      watermark: null,
      primaryKey: [],
      options: { connector: 'tidemark' },
    };
  };
  return Object.fromEntries(Object.entries(streams).map(([name, spec]) => [name.toLowerCase(), scanOf(name, spec)]));
}
