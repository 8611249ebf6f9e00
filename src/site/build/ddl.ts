import { formatType } from '../../model';
import { type ScenarioCell } from '../../notebook/document';
import { streamSchema } from '../../data';

/** The streams of a scenario as SQL would declare them; generated, so that it cannot be wrong. */
export function ddlOf({ scenario }: ScenarioCell): string {
  return Object.entries(scenario.streams)
    .map(([name, stream]) => {
      const schema = streamSchema(stream);
      const widest = Math.max(...schema.map((one) => one.name.length));
      const columns = schema.map(
        (one) => `  ${one.name.padEnd(widest)}  ${formatType(one.type)}${one.nullable ? '' : ' NOT NULL'}`,
      );
      const time = `-- event time: ${stream.time}; key: ${stream.key}; partitions: ${stream.partitions}`;
      return `${time}\nCREATE TABLE ${name} (\n${columns.join(',\n')}\n) WITH ('connector' = 'tidemark');`;
    })
    .join('\n\n');
}
