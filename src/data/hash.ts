import { type Column, isNull, type Table, formatType } from '../model';
import { finish } from '../sim/order';
import { utf8 } from '../sim/utf8';
import { type Mart } from './mart';

/**
 * A 64-bit hash over canonical bytes: two 32-bit lanes, each fed every word. What is hashed is what a table says, not
 * how it is held: numbers as the two halves of their IEEE double, strings by their UTF-8 bytes (so dictionary codes do
 * not matter), a mark for null.
 */
class Hash {
  private a = 0x243f6a88;
  private b = 0x85a308d3;

  word(word: number): void {
    this.a = Math.imul(this.a ^ word, 0x9e3779b1);
    this.a ^= this.a >>> 15;
    this.b = Math.imul((this.b << 13) | (this.b >>> 19), 0x85ebca77) ^ Math.imul(word, 0xc2b2ae3d);
    this.b = (this.b + this.a) | 0;
  }

  text(text: string): void {
    const bytes = utf8(text);
    this.word(bytes.length);
    for (const byte of bytes) this.word(byte);
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return [finalMix(this.a ^ this.b), finalMix(this.b + 0x165667b1)]
      .map((part) => part.toString(16).padStart(8, '0'))
      .join('');
  }

  get lanes(): [number, number] {
    return [this.a, this.b];
  }
}

function finalMix(lane: number): number {
  let word = Math.imul(lane ^ (lane >>> 15), 0x2c1b3c6d);
  word = Math.imul(word ^ (word >>> 12), 0x297a2d39);
  return (word ^ (word >>> 15)) >>> 0;
}

const NULL = 0x6e756c6c;
const SLICE = 65_536;

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);
double[0] = 1;
const LOW = halves[1] === 0 ? 1 : 0;

function* hashColumn(hash: Hash, column: Column, length: number): Generator<void> {
  const strings = column.dictionary ? wordsOfStrings(column.dictionary.strings) : null;
  for (let from = 0; from < length; from += SLICE) {
    const to = Math.min(length, from + SLICE);
    for (let row = from; row < to; row += 1) {
      if (isNull(column, row)) {
        hash.word(NULL);
        continue;
      }
      if (strings) {
        const code = column.data[row];
        hash.word(strings[2 * code]);
        hash.word(strings[2 * code + 1]);
        continue;
      }
      double[0] = column.data[row];
      hash.word(halves[LOW]);
      hash.word(halves[1 - LOW]);
    }
    yield;
  }
}

/** Two words for each string of a dictionary. */
function wordsOfStrings(strings: readonly string[]): Int32Array {
  const words = new Int32Array(2 * strings.length);
  strings.forEach((text, code) => {
    const hash = new Hash();
    hash.text(text);
    words.set(hash.lanes, 2 * code);
  });
  return words;
}

/** The hash of a table in slices: names and types of its columns, then every value. */
function* hashingTable(table: Table): Generator<void, string> {
  const hash = new Hash();
  hash.word(table.length);
  for (const { name, type, nullable } of table.schema) hash.text(`${name} ${formatType(type)} ${nullable}`);
  for (const column of table.columns) yield* hashColumn(hash, column, table.length);
  return hash.digest();
}

/** The hash of all tables of a mart in slices. */
export function* hashingMart(mart: Mart): Generator<void, string> {
  const hash = new Hash();
  for (const [name, table] of Object.entries(mart.tables)) hash.text(`${name} ${yield* hashingTable(table)}`);
  return hash.digest();
}

export const hashTable = (table: Table): string => finish(hashingTable(table));
export const hashMart = (mart: Mart): string => finish(hashingMart(mart));
