import type { Compare } from './compare';
import type { FieldChecks } from './fields';
import type { Settings } from './settings';

export type Json = null | boolean | number | string | readonly Json[] | Item;
/** One event, one output or one expected output. */
export interface Item {
  readonly [field: string]: Json;
}

/** Whose semantics a case states. `any`: every system agrees; `all`: one expectation per system. */
export const PROFILES = [
  'flink',
  'beam',
  'kafka',
  'feast',
  'chronon',
  'materialize',
  'd2ts',
  'datasketch',
  'any',
  'all',
] as const;
export type CaseProfile = (typeof PROFILES)[number];

/**
 * A case as an adapter gets it: checked against its kind, with every special time resolved. Times are plain numbers
 * (`MAX_TIME` for "MAX"), a watermark is always inclusive (nothing at or before it any more), whatever the case's own
 * convention, and `{time: T}` has become a watermark (kafka keeps it, having none).
 */
export interface Case {
  readonly id: string;
  readonly kind: string;
  /** In a case `by-profile` the one that is being run. */
  readonly profile: CaseProfile;
  readonly config: Settings;
  readonly events: readonly Item[];
  readonly compare: Compare;
  /** Fields that the expected outputs name: what the adapter is asked to state. */
  readonly asked: readonly string[];
  /** Fields beside `config` that the kind lists under `top`, such as `windowBounds`. */
  readonly top: Item;
}

/**
 * The contract of a kind: what its cases may contain, as data, and how one is run on the engine.
 *
 * The framework reads the case and refuses what the kind does not list: profile, compare mode, config path, word,
 * shape of an event, expected field. So an adapter meets nothing that it does not know, and what it does not handle
 * it must not list. It then calls `start` once, `feed` for each event in order and `end` once, and compares. An
 * adapter decides nothing about passing: it only reports what the engine did.
 *
 * `start` builds the operator. What it refuses with a TidemarkError is `{"error": "invalid-config"}`; the same error
 * from anywhere else fails the case. For what the adapter itself cannot do, throw a `CaseFault`: it always fails.
 *
 * Adapters are test equipment, in `test/cases/kinds`. To add one: its file there, and one line in `index.ts`.
 */
export interface Kind {
  readonly kind: string;
  readonly profiles: readonly CaseProfile[];
  readonly compares: readonly Compare[];
  /** By dotted path; objects inside of lists have the path of their list. */
  readonly config: FieldChecks;
  /** One per shape: the names of all its fields, such as `key ts value`. */
  readonly events: readonly string[];
  readonly expected: readonly string[];
  /** Those of `expected` that are read after an event (`after`) rather than emitted by it. */
  readonly facts?: readonly string[];
  /** Fields beside `config`. Those that `Driver.top` returns are compared, the others are passed to the adapter. */
  readonly top?: readonly string[];
  /** The one spelling of what is expected, where the format leaves it open. */
  readonly normal?: (expected: readonly Json[]) => readonly Json[];
  start(theCase: Case): Driver;
}

export interface Driver {
  /** What comes out while the event is handled. The framework adds `after`. */
  handle(event: Item, index: number): readonly Item[];
  /** The current facts; read before the first event (`after: -1`) and after each. */
  facts?(): Item;
  /**
   * What comes out when the input has ended: rows (they carry no `after`), or the one object of compare mode
   * `object`. In the modes `set-final`, `final-set` and `final`, all rows of `feed` and `end` are the contents.
   */
  end?(): readonly Json[] | Item;
  /** Additional facts of the whole run, by their name in the case. */
  top?(): Item;
}

/** The case cannot be run as it is written, or not by this adapter. Never counts as the engine's refusal. */
export class CaseFault extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'CaseFault';
  }
}

export const isItem = (value: Json | undefined): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** What is expected, as a list: one object is a list of one. */
export const expectedItems = (expected: readonly Json[] | Item): readonly Json[] =>
  isList(expected) ? expected : [expected];

/** A field as a number, or a `CaseFault`. */
export function numberOf(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  throw new CaseFault(`${JSON.stringify(value) ?? 'nothing'} is not a number`);
}

/** A field as a text, or a `CaseFault`. */
export function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw new CaseFault(`${JSON.stringify(value) ?? 'nothing'} is not a text`);
}
