import { errorFacts, TidemarkError } from '../../model';
import { type Fork, type RunClock } from '../../session/protocol';
import { either, exactly, finite, list, name, nothing, plain, record, shape, text, whole, type Check } from './check';
import { checksum } from './checksum';
import { forks } from './forks';
import { parseObject, type BetValue } from './saved';

/** The number of an input, and of a step among the input's; -1, -1 is before the first. */
export type LinkMoment = readonly [input: number, ordinal: number];

/** Everything that a link restores: what a lesson shows, without the rest of the reader's notebook. */
export interface LinkState {
  lesson: string;
  /** null: the author's. */
  seed: number | null;
  knobs: Record<string, number>;
  edits: Record<string, string>;
  /** By id of the sql cell, as are `moment` and `edits`. */
  forks: Record<string, Fork[]>;
  /** Where each run stands that was moved. */
  moment: Record<string, LinkMoment>;
  /** The clock that a run is scrubbed by, where it is not processing time. */
  clock?: Record<string, RunClock>;
  /** Row of the shared clock at which a comparison stands, by id of the compare cell; -1 is before the first. */
  place?: Record<string, number>;
  bets: Record<string, BetValue>;
}

/** `#s=` version `.` deflated JSON in base64url `.` checksum of what comes before it. */
const VERSION = 2;
/** Links that name a moment by the step's number in the whole run, which means nothing once a run has other steps. */
const OLD_VERSION = 1;
const PREFIX = '#s=';
export const LINK_LIMITS = { characters: 8_192, inflated: 2_000_000, slice: 1_024 } as const;

const SLUG = /^[a-z0-9][a-z0-9-]*$/;

const slug: Check<string> = (value, path) => {
  const checked = name(value, path);
  if (!SLUG.test(checked)) throw new TidemarkError({ what: `${path} does not fit`, expected: 'the name of a lesson' });
  return checked;
};

const clock = either<RunClock>('"event" or "known"', exactly('event'), exactly('known'));

const moment: Check<LinkMoment> = (value, path) => {
  const [input, ordinal, ...more] = list(whole(-1))(value, path);
  if (ordinal === undefined || more.length > 0 || ordinal < 0 !== input < 0)
    throw new TidemarkError({ what: `${path} does not fit`, expected: 'the numbers of an input and of a step' });
  return [input, ordinal];
};

const checkState: Check<LinkState> = shape<LinkState>(
  {
    lesson: slug,
    seed: either<number | null>('a whole number or null', whole(), nothing),
    knobs: record(finite),
    edits: record(text),
    forks,
    moment: record(moment),
    clock: record(clock),
    place: record(whole(-1)),
    bets: record(plain),
  },
  ['clock', 'place'],
);

type OldState = Omit<LinkState, 'moment'> & { step: Record<string, number> };

const checkOldState: Check<OldState> = shape<OldState>(
  {
    lesson: slug,
    seed: either<number | null>('a whole number or null', whole(), nothing),
    knobs: record(finite),
    edits: record(text),
    forks,
    step: record(whole(-1)),
    clock: record(clock),
    place: record(whole(-1)),
    bets: record(plain),
  },
  ['clock', 'place'],
);

/** What still holds of an old link: everything but the moment, and the forks, which have their inputs by number. */
function fromOld({ lesson, seed, knobs, edits, bets }: OldState): LinkState {
  return { lesson, seed, knobs, edits, forks: {}, moment: {}, bets };
}

const broken = (what: string, hint: string, more: { expected?: string; found?: string } = {}): TidemarkError =>
  new TidemarkError({ ...more, what, where: 'the link', hint });

const COPY_AGAIN = 'Copy the whole link again, from the page that made it.';

/** The fragment of a link, `#s=…`. Throws a `TidemarkError` where the state is too much for a link. */
export async function encodeLink(state: LinkState): Promise<string> {
  const json = JSON.stringify(located(() => checkState(state, ''), 'Export a file instead.'));
  const deflated = await collect(new CompressionStream('deflate-raw'), new TextEncoder().encode(json), Infinity);
  const body = `${VERSION}.${toBase64Url(deflated)}`;
  const fragment = `${PREFIX}${body}.${checksum(body)}`;
  if (fragment.length > LINK_LIMITS.characters) {
    throw broken('too long to share', 'Export a file instead: it holds any amount of edits.', {
      expected: `at most ${LINK_LIMITS.characters} characters`,
      found: `${fragment.length}`,
    });
  }
  return fragment;
}

/**
 * The state that a fragment holds, whole and checked. Throws a `TidemarkError` for anything else: cut short, changed,
 * of another version, made to exhaust the page. It reads; nothing of it runs.
 */
export async function decodeLink(fragment: string): Promise<LinkState> {
  if (fragment.length > LINK_LIMITS.characters) {
    throw broken('too long for a link of this site', 'Ask for the exported file instead.', {
      expected: `at most ${LINK_LIMITS.characters} characters`,
      found: `${fragment.length}`,
    });
  }
  const [, version, payload, sum] = /^#?s=(\d{1,6})\.([A-Za-z0-9_-]*)\.([0-9a-f]{8})$/.exec(fragment) ?? [];
  if (version === undefined) throw broken('cut short, or not a link of this site', COPY_AGAIN);
  if (checksum(`${version}.${payload}`) !== sum)
    throw broken('changed on its way: its checksum does not match', COPY_AGAIN);
  const isOld = Number(version) === OLD_VERSION;
  if (!isOld && Number(version) !== VERSION) {
    throw broken(
      'of another version',
      'Reload the page to get the newest version of this site, then open the link again.',
      {
        expected: `version ${VERSION}`,
        found: `version ${version}`,
      },
    );
  }
  const json = await inflate(payload);
  return located(
    () => (isOld ? fromOld(checkOldState(parseObject(json), '')) : checkState(parseObject(json), '')),
    COPY_AGAIN,
  );
}

/** Whether a fragment is of the version before: it opens at the author's moment. */
export const isOldLink = (fragment: string): boolean => fragment.replace('#', '').startsWith(`s=${OLD_VERSION}.`);

async function inflate(payload: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await collect(new DecompressionStream('deflate-raw'), fromBase64Url(payload), LINK_LIMITS.inflated);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (thrown) {
    if (thrown instanceof TidemarkError) throw thrown;
    throw broken('not readable', COPY_AGAIN);
  }
}

/**
 * What a stream makes of `bytes`. They go in by slices, and each slice's output is counted before the next: a bomb is
 * seen after the first slices, not after it has filled the memory.
 */
async function collect(stream: GenericTransformStream, bytes: Uint8Array, most: number): Promise<Uint8Array> {
  const writer = (stream.writable as WritableStream<Uint8Array>).getWriter();
  const reader = (stream.readable as ReadableStream<Uint8Array>).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let stopped = false;

  async function pump(): Promise<void> {
    for (let at = 0; at < bytes.length && !stopped; at += LINK_LIMITS.slice) {
      await writer.write(bytes.subarray(at, at + LINK_LIMITS.slice));
    }
    if (!stopped) await writer.close();
  }

  const fed = pump();
  // The reader meets the same error; this only marks that it is not awaited here.
  fed.catch(() => undefined);
  writer.closed.catch(() => undefined);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      stopped = true;
      reader.cancel().catch(() => undefined);
      writer.abort().catch(() => undefined);
      throw broken('unpacks to more than any lesson needs', 'Do not use it: no page of this site makes such a link.', {
        expected: `at most ${most / 1_000_000} MB`,
      });
    }
    chunks.push(value);
  }
  await fed;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function located<T>(check: () => T, hint: string): T {
  try {
    return check();
  } catch (thrown) {
    const { what, expected, found } = errorFacts(thrown);
    throw broken(what, hint, { expected, found });
  }
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

const fromBase64Url = (source: string): Uint8Array =>
  Uint8Array.from(atob(source.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
