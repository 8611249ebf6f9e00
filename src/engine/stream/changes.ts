import { formatDuration, TidemarkError } from '../../model';
import { inputsOf, type Aggregate, type Deduplicate, type Plan, type TopN } from '../../sql/plan';
import { type ChangelogOptions } from '../nodes/aggregate/groupAggregate';
import { explainNode, kindOf } from '../nodes';
import { type StreamOptions } from './options';

/** Whether the result of a plan takes rows back. */
export function changes(plan: Plan, options: StreamOptions): boolean {
  const inputs = inputsOf(plan).map((input) => changes(input, options));
  return kindOf(plan).changes(plan, options, inputs);
}

/** Only the result itself may be an upsert stream: operators above take a row back by its −U. */
export function changelogOf(
  node: Aggregate | Deduplicate | TopN,
  options: StreamOptions,
  whole: Plan,
): ChangelogOptions {
  let last = whole;
  while (last.node === 'project') last = last.input;
  return { retracting: changes(node.input, options), upsert: options.upsert && last === node, ttl: options.ttl };
}

/** Refuses a plan in which something that only takes new rows reads a result that changes. */
export function checkChanges(plan: Plan, options: StreamOptions): void {
  for (const input of inputsOf(plan)) {
    checkChanges(input, options);
    if (kindOf(plan).retractions !== 'refused' || !changes(input, options)) continue;
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
      what: `${explainNode(plan)} cannot take rows back, and what it reads changes what it has said`,
      expected: 'an input that only gains rows',
      found: explainNode(source),
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
