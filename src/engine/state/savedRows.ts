import { type Column } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';

const NO_NULLS = new Uint8Array(0);

/** Writes the rows `places` of columns. Texts are written with them, each once: codes mean nothing outside of a run. */
export function saveColumns(writer: StateWriter, columns: readonly Column[], places: Int32Array): void {
  for (const column of columns) {
    const { data, valid } = column;
    if (column.dictionary) saveTexts(writer, column, places);
    else {
      const numbers = writer.floatsToFill(places.length);
      for (let i = 0; i < places.length; i += 1) numbers[i] = data[places[i]];
    }
    writer.small(valid ? Uint8Array.from(places, (place) => valid[place]) : NO_NULLS);
  }
}

/** Takes back what `saveColumns` wrote: to the rows `places` of columns with room for them, or to rows 0, 1, … */
export function restoreColumns(reader: StateReader, columns: readonly Column[], places?: Int32Array): void {
  for (const column of columns) {
    const { data } = column;
    const values = column.dictionary ? codesOf(reader, column.dictionary) : reader.floats();
    if (places) values.forEach((value, i) => (data[places[i]] = value));
    else data.set(values);
    const valid = reader.small();
    if (valid.length > 0) column.valid ??= new Uint8Array(data.length).fill(1);
    if (column.valid) for (let i = 0; i < values.length; i += 1) column.valid[places?.[i] ?? i] = valid[i] ?? 1;
  }
}

function saveTexts(writer: StateWriter, { data, valid, dictionary }: Column, places: Int32Array): void {
  const known = new Map<number, number>();
  const codes = places.map((place) => {
    if (valid !== null && valid[place] === 0) return 0;
    let code = known.get(data[place]);
    if (code === undefined) known.set(data[place], (code = known.size));
    return code;
  });
  writer.number(known.size);
  for (const code of known.keys()) writer.text(dictionary!.strings[code]);
  writer.ints(codes);
}

function codesOf(reader: StateReader, dictionary: NonNullable<Column['dictionary']>): Int32Array {
  const codes = Array.from({ length: reader.number() }, () => dictionary.code(reader.text()));
  return reader.ints().map((code) => codes[code] ?? 0);
}

/** Makes a column use the dictionary of the rows that are to be copied into it; its first `rows` keep their texts. */
export function adoptDictionary(column: Column, dictionary: Column['dictionary'], rows: number): void {
  if (dictionary === null || column.dictionary === dictionary) return;
  const { strings } = column.dictionary!;
  for (let row = 0; row < rows; row += 1) {
    const text = strings[column.data[row]];
    if (text !== undefined) column.data[row] = dictionary.code(text);
  }
  column.dictionary = dictionary;
}
