import { type World } from '../data';
import {
  conditionOf,
  inArrivalOrder,
  ordersOf,
  search,
  type Compared,
  type Definition,
  type PlacedEvent,
  type Question,
  type Shape,
  type SmallStream,
} from '../engine/search';
import { readRow, tableOf, TidemarkError, type Value } from '../model';
import { type ClaimCell, type Setting } from '../notebook/document';
import { type RunSpec } from '../notebook/run';
import { applySetting } from '../notebook/settle';
import { prepare, ticksOf, topicFor } from '../notebook/prepare';
import { type ClaimAnswer, type ClaimAsk, type OrdersAnswer, type Progress } from './protocol';
import { data } from '../notebook/lazy';

/** Runs of one search: about what fits a second on an ordinary machine. */
const BUDGET = 6_000;
/** Shapes of an event, and choices of options, that are tried. */
const MOST_SHAPES = 24;
const MOST_VARIANTS = 12;

/** A claim as the search takes it, and the run of each of its variants. */
interface AskedClaim {
  question: Question;
  names: string[];
  settings: Setting[];
  specs: RunSpec[];
  others: (RunSpec | null)[];
}

/** Resolves all names in a claim. Throws a TidemarkError for a claim that cannot be searched. */
export async function questionOf(ask: ClaimAsk, world: World): Promise<AskedClaim> {
  const condition = conditionOf(ask.holds);
  const { streams, names } = await streamsOf(ask.spec);
  const settings = variantsOf(ask.free);
  if (ask.against === null && condition.facts.some((name) => name.startsWith('other_')))
    throw new TidemarkError({
      what: 'the claim compares with another run, but names none',
      expected: 'against: {lateness: 0 s}',
      found: ask.holds,
    });
  const needsBatch = condition.facts.some((name) => name === 'batch' || name === 'overdue');
  const specs = settings.map((setting) => applySetting(emptied(ask.spec), setting));
  const others = specs.map((spec) => ask.against && applySetting(spec, ask.against));
  const variants: Compared[] = [];
  for (const [i, spec] of specs.entries()) {
    const other = others[i];
    variants.push({
      main: await definitionOf(spec, world),
      other: other && (await definitionOf(other, world)),
      batch: needsBatch ? await definitionOf(asBatch(spec), world) : null,
    });
  }
  const { times, delays } = ask.grid;
  const { most, seed } = ask;
  const small = { streams, shapes: shapesOf(streams, ask.grid), times, delays };
  return {
    question: { world: small, condition, variants, most, seed, budget: BUDGET },
    names,
    settings,
    specs,
    others,
  };
}

/** Looks for the smallest log that breaks a claim. */
export async function searchClaim(ask: ClaimAsk, world: World): Promise<Generator<Progress, ClaimAnswer>> {
  const { question, names, settings, specs, others } = await questionOf(ask, world);
  return (function* () {
    const { broken, tried, exhaustive } = yield* search(question);
    if (!broken) return { tried, exhaustive, broken: null };
    const { events, variant, facts } = broken;
    const planted = (spec: RunSpec): RunSpec => withEvents(spec, names, question.world.streams, events);
    const other = others[variant];
    return {
      tried,
      exhaustive,
      broken: {
        spec: planted(specs[variant]),
        other: other && planted(other),
        setting: settings[variant],
        facts,
        reads: question.condition.facts,
      },
    };
  })();
}

/** Runs a definition over the events of its scenario in every order in which they can arrive. */
export async function allOrders(spec: RunSpec, world: World): Promise<Generator<Progress, OrdersAnswer>> {
  const { streams, names } = await streamsOf(spec);
  const events: PlacedEvent[] = [];
  for (const [stream, name] of names.entries()) {
    const topic = await topicFor(name, spec.scenario.streams[name], world);
    for (let row = 0; row < topic.table.length; row += 1)
      events.push({
        stream,
        partition: topic.partition[row],
        at: topic.time[row],
        arrives: topic.append[row],
        values: readRow(topic.table, row),
      });
  }
  const definition = await definitionOf(emptied(spec), world);
  return (function* () {
    const { orders, outcomes } = yield* ordersOf(definition, streams, inArrivalOrder(events));
    return {
      orders,
      outcomes: outcomes.map(({ count, facts: { result, ...facts }, events: first }) => ({
        count,
        ...facts,
        result: tableOf(
          definition.plan.schema,
          result === '' ? [] : result.split('\n').map((line) => JSON.parse(line) as Value[]),
        ),
        spec: withEvents(spec, names, streams, first),
      })),
    };
  })();
}

/** The streams of a run, all written by hand. */
async function streamsOf({ scenario, options }: RunSpec): Promise<{ streams: SmallStream[]; names: string[] }> {
  const { streamSchema } = await data();
  if (options.lookup !== null)
    throw new TidemarkError({ what: 'a lookup is no stream of events', expected: 'a definition without lookup=' });
  const entries = Object.entries(scenario.streams);
  const made = entries.find(([, { table }]) => table !== null);
  if (made)
    throw new TidemarkError({
      what: `stream ${made[0]} has events of a table`,
      expected: 'streams that declare their columns, with events written by hand',
      found: `table: ${made[1].table}`,
    });
  return {
    names: entries.map(([name]) => name),
    streams: entries.map(([name, spec]) => {
      const schema = streamSchema(spec);
      return { name, schema, time: schema.findIndex((one) => one.name === spec.time), partitions: spec.partitions };
    }),
  };
}

/** A definition to be run over other logs than its own. */
async function definitionOf(spec: RunSpec, world: World): Promise<Definition> {
  const { plan, options } = await prepare(spec, world);
  const { mode, every, end } = spec.options;
  const isJob = mode === 'batch';
  return {
    plan,
    options,
    extras: (topics) => ({
      end: isJob ? every === null : end === 'flush',
      ticks: isJob && every !== null ? ticksOf(topics, every) : [],
    }),
  };
}

const asBatch = (spec: RunSpec): RunSpec => ({
  ...spec,
  options: { ...spec.options, mode: 'batch', every: null, end: 'flush' },
});

const emptied = (spec: RunSpec): RunSpec => withPlanted(spec, () => []);

/** The run with these events instead of its own. */
function withEvents(
  spec: RunSpec,
  names: readonly string[],
  streams: readonly SmallStream[],
  events: readonly PlacedEvent[],
): RunSpec {
  return withPlanted(spec, (name) =>
    events
      .filter(({ stream }) => names[stream] === name)
      .map(({ stream, at, arrives, partition, values }) => {
        const { schema, time } = streams[stream];
        const named = schema.flatMap((one, i) => (i === time ? [] : [[one.name, values[i]] as const]));
        return { at, arrives, partition, values: Object.fromEntries(named) };
      }),
  );
}

type Planted = RunSpec['scenario']['streams'][string]['planted'];

function withPlanted(spec: RunSpec, planted: (stream: string) => Planted): RunSpec {
  const { streams } = spec.scenario;
  return {
    ...spec,
    forks: [],
    scenario: {
      ...spec.scenario,
      streams: Object.fromEntries(
        Object.entries(streams).map(([name, stream]) => [name, { ...stream, planted: planted(name) }]),
      ),
    },
  };
}

/** Every choice of the open options, simplest first. */
function variantsOf(free: ClaimCell['free']): Setting[] {
  let settings: Setting[] = [{}];
  for (const [option, values] of Object.entries(free))
    settings = settings.flatMap((setting) => values.map((value) => ({ ...setting, [option]: value })));
  if (settings.length <= MOST_VARIANTS) return settings;
  throw new TidemarkError({
    what: 'a claim leaves too much open',
    expected: `at most ${MOST_VARIANTS} choices of options`,
    found: String(settings.length),
  });
}

/** What an event may be: every choice of values in every partition. */
function shapesOf(streams: readonly SmallStream[], { values }: ClaimCell['grid']): Shape[] {
  const shapes = streams.flatMap(({ name, schema, time, partitions }, stream) => {
    let rows: Value[][] = [[]];
    for (const [i, { name: column }] of schema.entries())
      rows = rows.flatMap((row) => (i === time ? [0] : values[name][column]).map((value) => [...row, value]));
    return rows.flatMap((row) =>
      Array.from({ length: partitions }, (_, partition) => ({ stream, partition, values: row })),
    );
  });
  if (shapes.length <= MOST_SHAPES) return shapes;
  throw new TidemarkError({
    what: 'the events of a claim may be too many things',
    expected: `at most ${MOST_SHAPES} choices of partition and values`,
    found: String(shapes.length),
    hint: 'Name fewer values, or take fewer partitions.',
  });
}
