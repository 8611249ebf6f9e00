import { TidemarkError } from '../../model';
import { inputsOf, nodesOf, type Plan } from '../../sql/plan';
import { type ChangelogOptions } from '../nodes/aggregate/groupAggregate';
import { explainNode, kindOf } from '../nodes';
import { takesBack, type Mode } from '../nodes/kind';
import { type StreamOptions } from './options';

/** How a node runs as a stream. `isLast`: its rows are the result of the run, whatever the SELECT list makes of them. */
export function modeOf(node: Plan, options: StreamOptions, isLast = true): Mode {
  const kind = kindOf(node);
  const { retractions } = kind;
  const reads = inputsOf(node).map((input) => modeOf(input, options, isLast && node.node === 'project').writes);
  const writes = kind.changelog(node, options, reads, isLast);
  if (retractions !== 'recompute') return { reads, writes, retractions };
  return reads.some(takesBack)
    ? { reads, writes: options.upsert && isLast ? 'upsert' : writes, retractions }
    : { reads, writes, retractions: 'incremental' };
}

/** Whether a plan has a node that recomputes, so that its run needs the batch executor. */
export const needsBatch = (plan: Plan, options: StreamOptions): boolean =>
  nodesOf(plan).some((node) => modeOf(node, options).retractions === 'recompute');

export const changelogOptions = ({ reads, writes }: Mode, { ttl }: StreamOptions): ChangelogOptions => ({
  retracting: reads.some(takesBack),
  upsert: writes === 'upsert',
  ttl,
});

/** The refusal of a node that reads a result which takes rows back, and has no key to compute its own again by. */
export function refusal(plan: Plan, options: StreamOptions): TidemarkError {
  const source = changer(
    inputsOf(plan).find((input) => takesBack(modeOf(input, options).writes))!,
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
  const below = inputsOf(plan).find((input) => takesBack(modeOf(input, options).writes));
  return below ? changer(below, options) : plan;
}
