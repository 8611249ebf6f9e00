import { isItem, isList, type Item, type Json } from './kind';

/** What a field may hold. */
export interface FieldCheck {
  /** In words, for errors: `a number`. */
  readonly label: string;
  holds(value: Json): boolean;
}

/** What may be configured, by dotted path. */
export type FieldChecks = Readonly<Record<string, FieldCheck>>;

export const number: FieldCheck = { label: 'a number', holds: (value) => typeof value === 'number' };
/** A time: a whole number, in whatever unit the case has. */
export const time: FieldCheck = { label: 'a whole number', holds: (value) => Number.isInteger(value) };
export const flag: FieldCheck = { label: 'true or false', holds: (value) => typeof value === 'boolean' };
export const text: FieldCheck = { label: 'a text', holds: (value) => typeof value === 'string' };
export const list: FieldCheck = { label: 'a list', holds: (value) => isList(value) };
export const object: FieldCheck = { label: 'an object', holds: (value) => isItem(value) };
export const names: FieldCheck = {
  label: 'a list of names',
  holds: (value) => isList(value) && value.every((one) => typeof one === 'string'),
};
export const numbers: FieldCheck = {
  label: 'a list of numbers',
  holds: (value) => isList(value) && value.every((one) => typeof one === 'number'),
};
export const anything: FieldCheck = { label: 'anything', holds: () => true };

/** One of these words. */
export const words = (...allowed: string[]): FieldCheck => ({
  label: allowed.map((word) => JSON.stringify(word)).join(' or '),
  holds: (value) => typeof value === 'string' && allowed.includes(value),
});

export const either = (...checks: FieldCheck[]): FieldCheck => ({
  label: checks.map(({ label }) => label).join(' or '),
  holds: (value) => checks.some((check) => check.holds(value)),
});

export const nothing: FieldCheck = { label: 'null', holds: (value) => value === null };

/** What is wrong with the settings of a case, or null; `path` is that of the object which they stand in. */
export function wrongSetting(
  config: Item,
  fields: FieldChecks,
  ignored: ReadonlySet<string>,
  path = '',
): string | null {
  for (const [name, value] of Object.entries(config)) {
    const wrong = wrongAt(path + name, name, value, fields, ignored);
    if (wrong) return wrong;
  }
  return null;
}

function wrongAt(
  path: string,
  last: string,
  value: Json,
  fields: FieldChecks,
  ignored: ReadonlySet<string>,
): string | null {
  const check = Object.hasOwn(fields, path) ? fields[path] : undefined;
  const nested = Object.keys(fields).some((one) => one.startsWith(`${path}.`));
  if (ignored.has(last) && !check && !nested) return null;
  if (check && !check.holds(value)) return `config.${path} is not ${check.label}: ${JSON.stringify(value)}`;
  const isWhole = nested && isItem(value);
  const parts = isWhole ? [value] : nested && check && isList(value) ? value.filter(isItem) : [];
  for (const part of parts) {
    const wrong = wrongSetting(part, fields, ignored, `${path}.`);
    if (wrong) return wrong;
  }
  return check || isWhole ? null : `config.${path} is not a setting of this kind`;
}

const yes: FieldCheck = { label: 'true', holds: (value) => value === true };

/** Event fields that mean the same in every kind. */
const EVENT_FIELDS: FieldChecks = {
  activity: yes,
  arrives: number,
  batch: either(list, object),
  channel: number,
  check: yes,
  crash: yes,
  now: number,
  partition: number,
  processingTime: time,
  snapshotRestore: yes,
  status: words('active', 'idle'),
  time: time,
  ts: either(time, nothing),
  watermark: time,
};

/** What is wrong with an event, or null. */
export function wrongEvent(event: Json, index: number, shapes: readonly string[]): string | null {
  if (!isItem(event)) return `event ${index} is not an object: ${JSON.stringify(event)}`;
  const fields = Object.keys(event).sort().join(' ');
  if (!shapes.some((shape) => shape.split(' ').sort().join(' ') === fields)) {
    const known = shapes.map((shape) => `{${shape}}`).join(' · ');
    return `event ${index} has a shape that this kind does not know: {${fields}}; known: ${known}`;
  }
  for (const [name, value] of Object.entries(event)) {
    const check = Object.hasOwn(EVENT_FIELDS, name) ? EVENT_FIELDS[name] : anything;
    if (!check.holds(value)) return `event ${index}: ${name} is not ${check.label}: ${JSON.stringify(value)}`;
  }
  return null;
}
