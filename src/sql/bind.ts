import { type Field, type TextPlace } from '../model';
import { type CreateTable, type Name, type Query, type Statement } from './ast';
import { bindExpression, contextOf } from './bind-expression';
import { bindQuery } from './bind-query';
import { fail } from './fail';
import { formatName } from './format';
import { parse } from './parse';
import { type Catalog, type Expression, type Plan, type Program, type Scan } from './plan';
import { projectOf } from './project';
import { plainRows, type Relation, relationOf, type Relations } from './relation';
import { sameName, scopeOf } from './scope';
import { bindSetting } from './settings';
import { nearest, unknownName } from './suggest';
import { castable, convert, familyOf, nameType } from './types';
import { columnAt } from './walk';

const START: TextPlace = { line: 1, column: 1, from: 0, to: 0 };

/** How a text will be run: `table` takes everything that it can mean, `stream` refuses what no stream can answer. */
export type Mode = 'stream' | 'table';

/** Parses and binds a text. Throws a TidemarkError with a place for everything that is wrong with it. */
export const plan = (text: string, catalog: Catalog, mode: Mode = 'table'): Program => bind(parse(text), catalog, mode);

/** Looks up names, settles types, and gives the program that the statements mean. */
export function bind(statements: readonly Statement[], catalog: Catalog, mode: Mode = 'table'): Program {
  const names = new Names(catalog, mode);
  const settings: Program['settings'] = [];
  let query: Plan | null = null;
  let sink: string | null = null;
  for (const one of statements) {
    switch (one.statement) {
      case 'set':
        settings.push(bindSetting(one.key, one.value));
        break;
      case 'create table':
      case 'create view':
        names.take(one);
        break;
      case 'insert':
      case 'select': {
        if (query) onlyOne(one.place);
        const result = plainRows(names.relations.query(one.query), 'a result');
        if (one.statement === 'select') query = result;
        else [query, sink] = intoSink(result, one.name, one.query, names);
      }
    }
  }
  return { settings, tables: names.tables, query: query ?? nothingToRun(statements), sink };
}

/** Tables and views by lower-case name: those of the text, then those of the catalog. */
export class Names {
  readonly tables: Record<string, Scan> = Object.create(null) as Record<string, Scan>;
  private readonly found = new Map<string, { name: string; relation: Relation }>();
  readonly relations: Relations;

  constructor(catalog: Catalog, mode: Mode) {
    for (const name of Object.keys(catalog))
      this.found.set(name.toLowerCase(), { name: catalog[name].table, relation: relationOf(catalog[name]) });
    this.relations = {
      table: (name) => this.find(name),
      query: (query) => bindQuery(query, this.relations),
      streaming: mode === 'stream',
    };
  }

  /** Takes in what a CREATE TABLE or CREATE VIEW declares. */
  take(one: Extract<Statement, { query: Query; materialized: boolean } | CreateTable>): void {
    const { name } = one;
    const table = one.statement === 'create table' ? bindTable(one) : null;
    const relation = table
      ? relationOf(asChangelog(table, one.name))
      : this.relations.query((one as { query: Query }).query);
    const key = name.text.toLowerCase();
    if (this.found.has(key)) {
      fail(name.place, {
        what: `there is a table or view ${name.text} already`,
        expected: 'a name that is still free',
        found: name.text,
        hint: 'Choose another name; the streams of the scenario are declared by themselves.',
      });
    }
    this.found.set(key, { name: name.text, relation });
    if (table) this.tables[key] = table;
  }

  all(): { name: string; relation: Relation }[] {
    return [...this.found.values()];
  }

  find({ text, place }: Name): Relation {
    const found = this.found.get(text.toLowerCase());
    if (found) return found.relation;
    const names = this.all().map((one) => one.name);
    return fail(place, {
      what: `there is no table or view ${text}`,
      ...unknownName(text, names, 'tables'),
      expected: nearest(text, names) ?? 'a table, a stream or a view declared above',
    });
  }
}

function onlyOne(place: TextPlace): never {
  fail(place, {
    what: 'a cell runs one query',
    expected: 'exactly one SELECT or INSERT',
    found: 'a second one',
    hint: 'Give the first one a name with CREATE VIEW, or move this one to a cell of its own.',
  });
}

function nothingToRun(statements: readonly Statement[]): never {
  const last = statements[statements.length - 1]?.place ?? START;
  return fail(last, {
    what: 'there is nothing to run',
    expected: 'exactly one SELECT or INSERT',
    found: statements.length ? 'only settings and declarations' : 'an empty text',
    hint: 'Add SELECT … FROM … at the end.',
  });
}

/** The table that a CREATE TABLE declares. */
function bindTable({ name, columns, watermark, primaryKey, options }: CreateTable): Scan {
  const schema: Field[] = [];
  for (const { name: column, type, nullable } of columns) {
    if (schema.some((one) => sameName(one.name, column.text)))
      twice(column, `the column ${column.text} is declared twice`);
    schema.push({ name: column.text, type, nullable });
  }
  if (schema.length === 0) {
    const hint = 'Write at least one column, such as ts TIMESTAMP(3).';
    fail(name.place, { what: 'a table needs columns', expected: 'a column', found: 'none', hint });
  }
  const keys = [...new Set(primaryKey.map((one) => indexOf(schema, one)))];
  const settings = Object.create(null) as Record<string, string>;
  for (const { key, value, place } of options) {
    if (Object.hasOwn(settings, key)) twice({ text: key, place }, `the option '${key}' is given twice`);
    settings[key] = value;
  }
  const connector = options.find((one) => one.key === 'connector');
  if (connector?.value !== 'tidemark') {
    fail(connector?.place ?? name.place, {
      what: 'the only connector in the browser is tidemark',
      expected: "'connector' = 'tidemark'",
      found: connector ? `'${connector.value}'` : 'no connector',
      hint: "Write WITH ('connector' = 'tidemark'); an export to a real engine swaps the clause.",
    });
  }
  const timeColumn = watermark ? indexOf(schema, watermark.column) : -1;
  const expression = watermark && bindWatermark(watermark, schema, timeColumn);
  return {
    node: 'scan',
    table: name.text,
    schema,
    timeColumn,
    watermark: expression,
    primaryKey: keys,
    options: settings,
  };
}

/** A table `WITH ('changelog' = 'upsert')`: its rows replace one another by their PRIMARY KEY. */
function asChangelog(scan: Scan, name: Name): Plan {
  const { schema, timeColumn, primaryKey, options } = scan;
  const { changelog } = options;
  if (changelog === undefined || changelog === 'append') return scan;
  if (changelog !== 'upsert' || primaryKey.length === 0) {
    fail(name.place, {
      what: changelog === 'upsert' ? 'rows that replace one another need a key' : 'no such changelog',
      expected: changelog === 'upsert' ? 'PRIMARY KEY (…) NOT ENFORCED' : "'changelog' = 'append' or 'upsert'",
      found: changelog === 'upsert' ? `${name.text} without one` : `'${changelog}'`,
      hint: "Write PRIMARY KEY (id) NOT ENFORCED among the columns, and WITH ('changelog' = 'upsert').",
    });
  }
  const keys = primaryKey.map((index): Expression => ({ op: 'column', index, ...schema[index] }));
  return { node: 'normalize', input: scan, keys, schema, timeColumn };
}

function twice({ text, place }: Name, what: string): never {
  fail(place, {
    what,
    expected: 'each name once',
    found: text,
    hint: 'Remove one of the two, or give it another name.',
  });
}

function indexOf(schema: readonly Field[], { text, place }: Name): number {
  const index = schema.findIndex((one) => sameName(one.name, text));
  if (index >= 0) return index;
  const names = schema.map((one) => one.name);
  return fail(place, {
    what: `there is no column ${text} in this table`,
    ...unknownName(text, names, 'columns'),
    expected: nearest(text, names) ?? 'a column of the table',
  });
}

function bindWatermark(
  { column, expression }: NonNullable<CreateTable['watermark']>,
  schema: Field[],
  at: number,
): Expression {
  const found = schema[at].type;
  if (found.name !== 'TIMESTAMP') {
    fail(column.place, {
      what: 'event time is a TIMESTAMP(3)',
      expected: 'a TIMESTAMP(3) column',
      found: `${column.text}, which is ${nameType(found)}`,
      hint: 'Declare the column as TIMESTAMP(3).',
    });
  }
  const instead = `Write ${column.text} - INTERVAL '5' SECOND.`;
  const bound = bindExpression(expression, contextOf(scopeOf(schema, null), 'WATERMARK', instead));
  if (bound.type.name === 'TIMESTAMP') return bound;
  return fail(expression.place, {
    what: 'a watermark is a time',
    expected: 'a TIMESTAMP(3)',
    found: nameType(bound.type),
    hint: `Write WATERMARK FOR ${column.text} AS ${column.text} - INTERVAL '5' SECOND.`,
  });
}

/** The query with its columns cast to those of the sink, by place. */
function intoSink(input: Plan, name: Name, query: Query, names: Names): [Plan, string] {
  const { plan: named } = names.find(name);
  const target = named.node === 'normalize' ? named.input : named;
  if (target.node !== 'scan') {
    const hint = 'Declare it with CREATE TABLE … WITH (…), then INSERT INTO it.';
    fail(name.place, { what: `${name.text} is a view`, expected: 'a table', found: 'a view', hint });
  }
  const { schema, table } = target;
  if (schema.length !== input.schema.length) {
    fail(query.place, {
      what: `the columns do not fit those of ${table}`,
      expected: `${schema.length}: ${schema.map((one) => one.name).join(', ')}`,
      found: `${input.schema.length}: ${input.schema.map((one) => one.name).join(', ')}`,
      hint: `Select one column for each of ${formatName(table)}, in this order.`,
    });
  }
  const items = input.schema.map((one, index) => {
    const wanted = schema[index];
    const fits = castable(one.type, wanted.type) && familyOf(one.type) === familyOf(wanted.type);
    const expression = fits ? convert(columnAt(one, index), wanted.type) : null;
    if (expression) return { expression, name: wanted.name };
    return fail(query.selects[0].items[index]?.place ?? query.place, {
      what: `${one.name} does not fit the column ${wanted.name} of ${table}`,
      expected: nameType(wanted.type),
      found: nameType(one.type),
      hint: `Write CAST(… AS ${nameType(wanted.type)}), or select another column.`,
    });
  });
  const fields = schema.map((one, i) => ({ ...one, nullable: input.schema[i].nullable }));
  return [{ ...projectOf(input, items), schema: fields }, table];
}
