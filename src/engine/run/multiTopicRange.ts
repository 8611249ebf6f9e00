import { hasEvents, type Graph } from './graph';
import { type Sources } from './sources';

/**
 * Whether a range may have events of several topics, which operators with two inputs then take in the order of their
 * input numbers. Every operator upstream of a join must be stateless, and no watermark may depend on processing time or
 * idleness.
 */
export function takesMultiTopicRanges({ operators, lookup }: Graph, { list, needsClock }: Sources): boolean {
  return (
    list.length > 1 &&
    !needsClock &&
    lookup < 0 &&
    operators.every(({ inputs }) => inputs.length === 1 || inputs.every((input) => hasEvents(operators, input)))
  );
}
