import { formatDuration, TidemarkError } from '../../model';
import { inputsOf, type Plan } from '../../sql/plan';
import { entryOf } from '../nodes/entry';
import { POLICIES } from '../profiles';
import { type StreamOptions } from './options';

type Of<N extends Plan['node']> = Extract<Plan, { node: N }>;

interface Rule<N extends Plan['node']> {
  /** Whether the result of the node takes rows back (−U +U −D), where `inputs` say whether those of its inputs do. */
  changes: (node: Of<N>, options: StreamOptions, inputs: boolean[]) => boolean;
  /** Whether its operator can do with inputs that take rows back. */
  takes: boolean;
}

const asInputs = (_: unknown, __: unknown, inputs: boolean[]): boolean => inputs.includes(true);
const never = (): boolean => false;
const always = (): boolean => true;

/** Which nodes change what they have said, and which bear with it. The one place to say so for a new node. */
const RULES: { [N in Plan['node']]: Rule<N> } = {
  scan: { changes: never, takes: true },
  filter: { changes: asInputs, takes: true },
  project: { changes: asInputs, takes: true },
  'union all': { changes: asInputs, takes: true },
  'window aggregate': { changes: (_, options) => refires(options), takes: false },
  aggregate: { changes: always, takes: true },
  over: { changes: never, takes: false },
  deduplicate: { changes: always, takes: false },
  'top n': { changes: always, takes: true },
  join: {
    changes: ({ kind }, _, inputs) => (kind !== 'inner' && kind !== 'semi') || inputs.includes(true),
    takes: true,
  },
  'interval join': { changes: never, takes: false },
  'window join': { changes: never, takes: false },
  'temporal join': { changes: (_, __, [left]) => left, takes: true },
  'asof join': { changes: never, takes: false },
};

/** Windows that fire more than once replace what they said, unless each pane holds only what is new (S6.1). */
function refires({ accumulation, lateness, trigger, profile }: StreamOptions): boolean {
  if (accumulation === 'discarding') return false;
  if (lateness > 0) return true;
  return trigger ? trigger.type !== 'window-end' : POLICIES[profile].emission.is === 'record';
}

/** Whether the result of a plan takes rows back. */
export function changes(plan: Plan, options: StreamOptions): boolean {
  const rule = entryOf<Rule<Plan['node']>>(RULES, plan, 'rule of changes').changes;
  const inputs = inputsOf(plan).map((input) => changes(input, options));
  return rule(plan, options, inputs);
}

export const takesChanges = (plan: Plan): boolean => entryOf<Rule<Plan['node']>>(RULES, plan, 'rule of changes').takes;

/** Refuses a plan in which something that only takes new rows reads a result that changes. */
export function checkChanges(plan: Plan, options: StreamOptions): void {
  for (const input of inputsOf(plan)) {
    checkChanges(input, options);
    if (takesChanges(plan) || !changes(input, options)) continue;
    const source = changer(input, options);
    if (source.node === 'window aggregate' && options.lateness > 0) {
      throw new TidemarkError({
        what: 'one aggregate reads the result of another, which allowed lateness would still change',
        expected: 'an allowed lateness of 0 s where aggregates stand on one another',
        found: formatDuration(options.lateness),
        hint: 'Set the allowed lateness to 0 s and wait longer instead, or run the cell as a batch.',
      });
    }
    throw new TidemarkError({
      what: `${options.explain(plan)} cannot take rows back, and what it reads changes what it has said`,
      expected: 'an input that only gains rows',
      found: options.explain(source),
      hint:
        source.node === 'window aggregate'
          ? 'Let the window fire once, at its end, or let each pane hold only what is new (discarding).'
          : 'Group by a window there, which says its result once, or run the cell as a batch.',
    });
  }
}

/** The lowest node that makes the changes in the result of `plan`. */
function changer(plan: Plan, options: StreamOptions): Plan {
  const below = inputsOf(plan).find((input) => changes(input, options));
  return below ? changer(below, options) : plan;
}
