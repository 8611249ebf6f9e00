import { BIGINT, field, readValue, writeValue, type Schema, type Value } from '../../../model';
import { type AggregateLayout } from '../../aggregates';

/**
 * An aggregate that keeps the values of one column in the order in which they came, and answers them as a JSON list.
 * SQL has no such aggregate here; the order of updates cannot be seen without it. A list is a chain of links that only
 * ever grows at its head, so windows that begin as copies of others share what they have in common.
 */
export function listLayout(schema: Schema, column: number): AggregateLayout {
  let values: Value[] = [];
  let links: number[] = [];
  const linked = (head: number, value: Value): number => {
    links.push(head);
    return values.push(value);
  };
  const read = (head: number): Value[] => {
    const found: Value[] = [];
    for (let at = head; at > 0; at = links[at - 1]) found.push(values[at - 1]);
    return found.reverse();
  };
  const result: AggregateLayout['result'] = (state, base, columns, row) =>
    writeValue(columns[0], row, JSON.stringify(read(state[base + 1])));
  return {
    stride: 2,
    fields: [field('n', BIGINT), field(`LIST(${schema[column].name})`, BIGINT)],
    dictionaries: [null, null],
    retractable: false,
    flat: true,
    soleSum: -1,
    init(state, base) {
      state[base] = 0;
      state[base + 1] = 0;
    },
    add(state, bases, batch, from, to) {
      for (let i = from; i < to; i += 1) {
        if (bases[i] < 0) continue;
        state[bases[i]] += 1;
        state[bases[i] + 1] = linked(state[bases[i] + 1], readValue(batch.columns[column], i));
      }
    },
    remove() {
      throw new RangeError('a list in order of arrival takes nothing back');
    },
    merge(into, intoBase, from, fromBase) {
      const empty = into[intoBase] === 0;
      into[intoBase] += from[fromBase];
      if (empty) into[intoBase + 1] = from[fromBase + 1];
      else for (const value of read(from[fromBase + 1])) into[intoBase + 1] = linked(into[intoBase + 1], value);
    },
    results(state, bases, count, columns, row) {
      for (let i = 0; i < count; i += 1) result(state, bases[i], columns, row + i);
    },
    result,
    stateValues: (state, base) => [state[base], state[base + 1]],
    readState(state, base, into) {
      into[0] = state[base];
      into[1] = state[base + 1];
    },
    isEmpty: (state, base) => state[base] === 0,
    writeGroup(state, base, entry) {
      entry.text(JSON.stringify(read(state[base + 1])));
    },
    fillGroup(state, base, entry) {
      for (const value of JSON.parse(entry.text()) as Value[]) state[base + 1] = linked(state[base + 1], value);
      state[base] = read(state[base + 1]).length;
    },
    save(writer) {
      writer.text(JSON.stringify({ values, links }));
    },
    restore(reader) {
      ({ values, links } = JSON.parse(reader.text()) as { values: Value[]; links: number[] });
    },
  };
}
