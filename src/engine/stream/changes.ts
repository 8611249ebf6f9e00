import { TidemarkError } from '../../model';
import { inputsOf, type Aggregate, type Deduplicate, type Normalize, type Plan, type TopN } from '../../sql/plan';
import { type ChangelogOptions } from '../nodes/aggregate/groupAggregate';
import { explainNode, kindOf } from '../nodes';
import { type StreamOptions } from './options';

/** Whether the result of a plan takes rows back. */
export function changes(plan: Plan, options: StreamOptions): boolean {
  const inputs = inputsOf(plan).map((input) => changes(input, options));
  return kindOf(plan).changes(plan, options, inputs);
}

/** Whether a node takes rows back by computing its result again, and some input makes it. */
export const recomputes = (plan: Plan, options: StreamOptions): boolean =>
  kindOf(plan).retractions === 'recompute' && inputsOf(plan).some((input) => changes(input, options));

/** Whether a plan has a node that recomputes, so that its run needs the batch executor. */
export const needsBatch = (plan: Plan, options: StreamOptions): boolean =>
  recomputes(plan, options) || inputsOf(plan).some((input) => needsBatch(input, options));

/** Whether the rows of a node are the result, whatever the SELECT list makes of them. */
export const isLast = (node: Plan, whole: Plan): boolean =>
  whole === node || (whole.node === 'project' && isLast(node, whole.input));

/** Only the result itself may be an upsert stream: operators above take a row back by its −U. */
export function changelogOf(
  node: Aggregate | Deduplicate | Normalize | TopN,
  options: StreamOptions,
  whole: Plan,
): ChangelogOptions {
  return { retracting: changes(node.input, options), upsert: options.upsert && isLast(node, whole), ttl: options.ttl };
}

/** The refusal of a node that reads a result which takes rows back, and has no key to compute its own again by. */
export function refusal(plan: Plan, options: StreamOptions): TidemarkError {
  const source = changer(
    inputsOf(plan).find((input) => changes(input, options))!,
    options,
  );
  return new TidemarkError({
    what: `${explainNode(plan)} cannot take rows back, and its input updates what it has emitted`,
    expected: 'an input that only gains rows',
    found: explainNode(source),
    hint:
      source.node === 'window aggregate'
        ? 'Let the window fire once, at its end, or let each pane hold only what is new (discarding).'
        : 'Group by a window there, which emits its result once, or run the cell as a batch.',
  });
}

/** The lowest node that makes the changes in the result of `plan`. */
function changer(plan: Plan, options: StreamOptions): Plan {
  const below = inputsOf(plan).find((input) => changes(input, options));
  return below ? changer(below, options) : plan;
}
