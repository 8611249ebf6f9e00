import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  collect,
  isItem,
  isList,
  readCase,
  runCase,
  type Item,
  type Json,
  type Kinds,
  type RawCase,
  type CaseVerdict,
} from '../../cases';
import { MAX_TIME, MIN_TIME, TidemarkError } from '../../model';
import { parseLesson } from '../../notebook/parse';
import { type SessionApi } from '../../session/protocol';
import { type LessonData } from '../pages';
import { type CaseGroup, type Grid, type ShownCase } from '../semantics';
import { lessonOf } from './caseLesson';
import { prepareLesson } from './prepare';

const FOLDER = 'test/semantics';

export interface Semantics {
  groups: CaseGroup[];
  /** Cases that open as a run, by id. */
  runs: Map<string, LessonData>;
}

/** Runs the project's own cases. Throws a TidemarkError for a case that does not pass: it is never shown as if it did. */
export async function semanticsOf(root: string, session: SessionApi, kinds: Kinds): Promise<Semantics> {
  const folder = join(root, FOLDER);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  const { work, troubles } = collect(
    names.sort().map((path) => ({ path: `${FOLDER}/${path}`, content: readFileSync(join(folder, path), 'utf8') })),
  );
  if (troubles.length > 0) throw new TidemarkError({ what: troubles[0], where: FOLDER });
  const groups = new Map<string, ShownCase[]>();
  const runs = new Map<string, LessonData>();
  for (const { group, value } of work) {
    const cases = groups.get(group) ?? [];
    groups.set(group, cases);
    const [raw, verdict] = passed(value, kinds);
    const run = await runOf(raw, session);
    if (run) runs.set(raw.id, run);
    cases.push(shown(raw, verdict, run !== null));
  }
  const sorted = [...groups]
    .map(([name, cases]) => ({ name, cases }))
    .sort((a, b) => numberOf(a.name) - numberOf(b.name) || (a.name < b.name ? -1 : 1));
  return { groups: sorted, runs };
}

const numberOf = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? Infinity);

/** The case as a prepared document, or null where it is no pipeline, or one that SQL on a stream refuses. */
async function runOf(raw: RawCase, session: SessionApi): Promise<LessonData | null> {
  const text = /^[a-z0-9][a-z0-9-]*$/.test(raw.id) ? lessonOf(raw) : null;
  if (text === null) return null;
  const file = `case ${raw.id}`;
  const place = { file, slug: `case-${raw.id}`, part: 'semantics', partTitle: 'Semantics' };
  try {
    return await prepareLesson(parseLesson(text, place), file, session);
  } catch (thrown) {
    if (thrown instanceof TidemarkError) return null;
    throw thrown;
  }
}

function passed(value: Json, kinds: Kinds): [RawCase, CaseVerdict] {
  const verdict = runCase(value, kinds);
  const raw = readCase(value);
  if (typeof raw === 'string' || verdict.status !== 'passed') throw failure(verdict);
  return [raw, verdict];
}

function shown(raw: RawCase, verdict: CaseVerdict, runs: boolean): ShownCase {
  const { id, rule, kind, profile, source, provenance, compare, config, events, top } = raw;
  return {
    id,
    rule,
    kind,
    profile,
    source: [...source],
    provenance,
    compare,
    notes: typeof top.notes === 'string' ? top.notes : null,
    runs,
    settings: settingsOf(config),
    input: inputOf(events),
    outputs: outputsOf(raw, verdict),
  };
}

function failure({ id, rule, reason }: CaseVerdict): TidemarkError {
  const text = (json: Json | undefined): string | undefined => (json === undefined ? undefined : JSON.stringify(json));
  return new TidemarkError({
    what: `${rule}: ${reason?.what ?? ''}`,
    where: `${FOLDER}, case ${id}`,
    expected: text(reason?.expected),
    found: text(reason?.actual),
  });
}

function settingsOf(config: Item, path = ''): [string, string][] {
  return Object.entries(config).flatMap(([name, value]): [string, string][] =>
    isItem(value) ? settingsOf(value, `${path}${name}.`) : [[`${path}${name}`, textOf(name, value)]],
  );
}

/** Events by number; those of a batch share theirs. */
function inputOf(events: readonly Json[]): Grid {
  const items = events.flatMap((event, number): Item[] => {
    if (!isItem(event)) return [{ event: number, value: event }];
    if (isList(event.batch))
      return event.batch.map((one) => ({ event: number, ...(isItem(one) ? one : { value: one }) }));
    return [{ event: number, ...event }];
  });
  return gridOf(items);
}

function outputsOf({ compare, expected }: RawCase, { actual }: CaseVerdict): ShownCase['outputs'] {
  if (compare === 'by-profile' && isItem(expected) && isItem(expected.byProfile) && isItem(actual)) {
    const { byProfile } = expected;
    return Object.entries(actual).map(([system, found]) => ({
      system,
      expected: outputGrid(byProfile[system]),
      actual: outputGrid(found),
    }));
  }
  return [{ system: null, expected: outputGrid(expected), actual: outputGrid(actual) }];
}

function outputGrid(outputs: Json): Grid {
  const list = isList(outputs) ? outputs : [outputs];
  return gridOf(
    list.map((one) => {
      if (!isItem(one)) return { output: one };
      const { after, ...rest } = one;
      return after === undefined ? rest : { 'at event': after, ...rest };
    }),
  );
}

/** Columns in the order in which they are first met. */
function gridOf(items: readonly Item[]): Grid {
  const columns = [...new Set(items.flatMap((item) => Object.keys(item)))];
  const rows = items.map((item) => columns.map((name) => (Object.hasOwn(item, name) ? textOf(name, item[name]) : '')));
  return { columns, rows };
}

/** A value as it is read: windows as intervals, the ends of time by name. */
function textOf(name: string, value: Json): string {
  if (isList(value)) {
    if (name === 'window' && value.length === 2) return `${textOf('', value[0])} to ${textOf('', value[1])}`;
    return value.map((one) => (isList(one) && name === 'windows' ? textOf('window', one) : inner(one))).join(', ');
  }
  if (isItem(value)) return JSON.stringify(value);
  if (value === MAX_TIME) return 'MAX';
  if (value === MIN_TIME) return 'MIN';
  return String(value);
}

const inner = (value: Json): string => (isItem(value) || isList(value) ? JSON.stringify(value) : textOf('', value));
