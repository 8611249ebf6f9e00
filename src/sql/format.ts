import { formatType } from '../model';
import {
  type Ast,
  type CreateTable,
  type Name,
  type OverWindow,
  type Query,
  type Select,
  type Source,
  type Statement,
  type WindowArgument,
} from './ast';
import { OPERATORS, POWER } from './parse-expression';
import { RESERVED } from './reserved';

/** A SELECT list or a WHERE clause longer than this goes over several lines. */
const WIDTH = 100;

/**
 * Writes statements in one settled way: keywords in capitals, one clause per line, parentheses only where they are
 * needed. Comments stand in front of their statement, wherever in it they were. `format(parse(x))` is stable.
 */
export function format(statements: readonly Statement[]): string {
  return statements.map((one) => [...one.comments, `${formatStatement(one)};\n`].join('\n')).join('\n');
}

function formatStatement(one: Statement): string {
  switch (one.statement) {
    case 'set':
      return `SET ${quote(one.key.text)} = ${quote(one.value.text)}`;
    case 'create table':
      return formatTable(one);
    case 'create view':
      return `CREATE ${one.materialized ? 'MATERIALIZED ' : ''}VIEW ${formatName(one.name.text)} AS\n${formatQuery(one.query)}`;
    case 'insert':
      return `INSERT INTO ${formatName(one.name.text)}\n${formatQuery(one.query)}`;
    case 'select':
      return formatQuery(one.query);
  }
}

function formatTable({ name, columns, watermark, primaryKey, options }: CreateTable): string {
  const lines = columns.map(
    (one) => `${formatName(one.name.text)} ${formatType(one.type)}${one.nullable ? '' : ' NOT NULL'}`,
  );
  if (watermark)
    lines.push(`WATERMARK FOR ${formatName(watermark.column.text)} AS ${formatExpression(watermark.expression)}`);
  if (primaryKey.length)
    lines.push(`PRIMARY KEY (${primaryKey.map((one) => formatName(one.text)).join(', ')}) NOT ENFORCED`);
  const settings = options.map(({ key, value }) => `${quote(key)} = ${quote(value)}`);
  return `CREATE TABLE ${formatName(name.text)} (\n  ${lines.join(',\n  ')}\n) WITH (\n  ${settings.join(',\n  ')}\n)`;
}

function formatQuery({ names, selects, limit }: Query): string {
  const declared = names.map((one) => `${formatName(one.name.text)} AS ${nested(one.query)}`);
  const first = names.length ? `WITH ${declared.join(', ')}\n` : '';
  const last = limit ? `\nLIMIT ${limit.count}` : '';
  return first + selects.map(formatSelect).join('\nUNION ALL\n') + last;
}

/** A query in parentheses, on lines of its own. */
const nested = (query: Query): string => `(\n${indent(formatQuery(query))}\n)`;

function formatSelect(select: Select): string {
  const items = select.items.map((one) => {
    if (one.item === 'star') return one.table ? `${formatName(one.table.text)}.*` : '*';
    return formatExpression(one.expression) + alias(one.alias, ' AS ');
  });
  const wide = items.join(', ').length > WIDTH;
  const lines = [`SELECT ${wide ? `\n  ${items.join(',\n  ')}` : items.join(', ')}`.replace(/^SELECT \n/, 'SELECT\n')];
  lines.push(`FROM ${formatSource(select.from)}`);
  if (select.where) lines.push(`WHERE ${formatExpression(select.where)}`);
  if (select.groupBy.length) lines.push(`GROUP BY ${formatList(select.groupBy)}`);
  if (select.having) lines.push(`HAVING ${formatExpression(select.having)}`);
  const windows = select.windows.map((one) => `${formatName(one.name.text)} AS ${formatOver(one.window)}`);
  if (windows.length) lines.push(`WINDOW ${windows.join(', ')}`);
  return lines.join('\n');
}

const alias = (name: Name | null, before: string): string => (name ? before + formatName(name.text) : '');

function formatSource(source: Source): string {
  switch (source.source) {
    case 'table': {
      const asOf = source.asOf ? ` FOR SYSTEM_TIME AS OF ${formatExpression(source.asOf)}` : '';
      return formatName(source.name.text) + asOf + alias(source.alias, ' AS ');
    }
    case 'query':
      return nested(source.query) + alias(source.alias, ' AS ');
    case 'window': {
      const inside = source.arguments.map(formatArgument).join(', ');
      return `TABLE(${formatName(source.function.text)}(${inside}))${alias(source.alias, ' AS ')}`;
    }
    case 'join': {
      const kind = (source.nearest ? 'ASOF ' : '') + (source.kind === 'INNER' ? '' : `${source.kind} `);
      return `${formatSource(source.left)}\n${kind}JOIN ${formatSource(source.right)} ON ${formatExpression(source.on)}`;
    }
  }
}

function formatArgument(one: WindowArgument): string {
  const head = one.name ? `${formatName(one.name.text)} => ` : '';
  if (one.argument === 'descriptor') return `${head}DESCRIPTOR(${formatName(one.column.text)})`;
  if (one.argument === 'expression') return head + formatExpression(one.expression);
  const list = formatList(one.partitionBy);
  const by = one.partitionBy.length ? ` PARTITION BY ${one.partitionBy.length > 1 ? `(${list})` : list}` : '';
  return `${head}${one.input.source === 'table' ? 'TABLE ' : ''}${formatSource(one.input)}${by}`;
}

// A text may hold line breaks, and they are part of it: lines inside quotes are not indented.
function indent(text: string): string {
  return text.replace(/'(?:[^']|'')*'|`(?:[^`]|``)*`|\n|^/g, (part) =>
    part === '\n' || part === '' ? `${part}  ` : part,
  );
}

function formatOver({ partitionBy, orderBy, frame }: OverWindow): string {
  const parts: string[] = [];
  if (partitionBy.length) parts.push(`PARTITION BY ${formatList(partitionBy)}`);
  if (orderBy.length) parts.push(`ORDER BY ${formatOrder(orderBy)}`);
  if (frame) {
    const bound = ({ side, distance }: typeof frame.from): string =>
      side === 'CURRENT ROW' ? side : `${distance ? child(distance, POWER.ADD) : 'UNBOUNDED'} ${side}`;
    parts.push(`${frame.unit} BETWEEN ${bound(frame.from)} AND ${bound(frame.to)}`);
  }
  return `(${parts.join(' ')})`;
}

/** `a, b DESC`. */
export const formatOrder = (orderBy: OverWindow['orderBy']): string =>
  orderBy.map((one) => formatExpression(one.expression) + (one.descending ? ' DESC' : '')).join(', ');

const formatList = (list: readonly Ast[]): string => list.map(formatExpression).join(', ');

/** An expression as SQL text, on one line (but for subqueries), with as few parentheses as its meaning allows. */
export function formatExpression(one: Ast): string {
  switch (one.ast) {
    case 'column':
      return (one.table ? `${formatName(one.table.text)}.` : '') + formatName(one.name.text);
    case 'number':
      return one.text;
    case 'string':
      return quote(one.value);
    case 'constant':
      return String(one.value).toUpperCase();
    case 'interval':
      return `INTERVAL ${quote(one.amount)} ${one.unit}`;
    case 'time':
      return `${one.type} ${quote(one.value)}`;
    case 'unary': {
      if (one.operator === 'NOT') return `NOT ${child(one.input, POWER.NOT)}`;
      const input = child(one.input, POWER.SIGN);
      // Two signs side by side would begin a comment.
      return input.startsWith('-') ? `- ${input}` : `-${input}`;
    }
    case 'binary': {
      const power = powerOf(one);
      return `${child(one.left, power)} ${one.operator} ${child(one.right, power + 1)}`;
    }
    case 'is null':
      return `${child(one.input, POWER.COMPARE)} IS ${one.negated ? 'NOT ' : ''}NULL`;
    case 'between': {
      const bounds = `${child(one.low, POWER.ADD)} AND ${child(one.high, POWER.ADD)}`;
      return `${child(one.input, POWER.COMPARE)} ${one.negated ? 'NOT ' : ''}BETWEEN ${bounds}`;
    }
    case 'in':
      return `${child(one.input, POWER.COMPARE)} ${one.negated ? 'NOT ' : ''}IN (${formatList(one.list)})`;
    case 'in query':
      return `${child(one.input, POWER.COMPARE)} ${one.negated ? 'NOT ' : ''}IN ${nested(one.query)}`;
    case 'exists':
      return `EXISTS ${nested(one.query)}`;
    case 'distinct': {
      const right = child(one.right, POWER.ADD);
      return `${child(one.left, POWER.COMPARE)} IS ${one.negated ? 'NOT ' : ''}DISTINCT FROM ${right}`;
    }
    case 'case': {
      const subject = one.subject ? ` ${formatExpression(one.subject)}` : '';
      const branches = one.branches.map(
        ({ when, then }) => ` WHEN ${formatExpression(when)} THEN ${formatExpression(then)}`,
      );
      return `CASE${subject}${branches.join('')}${one.otherwise ? ` ELSE ${formatExpression(one.otherwise)}` : ''} END`;
    }
    case 'cast':
      return `CAST(${formatExpression(one.input)} AS ${formatType(one.type)})`;
    case 'call': {
      const listed =
        one.name.text === 'EXTRACT' ? one.arguments.map(formatExpression).join(' FROM ') : formatList(one.arguments);
      const inside = one.star ? '*' : (one.distinct ? 'DISTINCT ' : '') + listed;
      const filter = one.filter ? ` FILTER (WHERE ${formatExpression(one.filter)})` : '';
      const over = one.over ? ` OVER ${'text' in one.over ? formatName(one.over.text) : formatOver(one.over)}` : '';
      return `${formatName(one.name.text)}(${inside})${filter}${over}`;
    }
  }
}

/** How strongly the outermost operator of an expression binds; what needs no parentheses binds strongest. */
function powerOf(one: Ast): number {
  switch (one.ast) {
    case 'binary':
      return OPERATORS.get(one.operator)!;
    case 'unary':
      return one.operator === 'NOT' ? POWER.NOT : POWER.SIGN;
    case 'is null':
    case 'between':
    case 'in':
    case 'in query':
    case 'distinct':
      return POWER.COMPARE;
    default:
      return POWER.SIGN + 1;
  }
}

function child(one: Ast, least: number): string {
  return powerOf(one) < least ? `(${formatExpression(one)})` : formatExpression(one);
}

export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as it must be written: in backticks where it would not be read as one. */
export function formatName(name: string): string {
  const plain = /^[A-Za-z_][\w$]*$/.test(name) && !RESERVED.has(name.toUpperCase());
  return plain ? name : `\`${name.replaceAll('`', '``')}\``;
}
