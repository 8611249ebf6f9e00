import { MAX_TIME } from '../../model';
import { type RunOperator } from './runNode';
import { type Subtask } from './subtask';

/** What can be seen of an operator that has one subtask. */
export function runOperator({ node, operator }: Subtask, inputWatermark: () => number): RunOperator {
  const subtask = {
    get state() {
      return operator.state;
    },
    get inputWatermark() {
      return inputWatermark();
    },
    get nextTimer() {
      return operator.alarm?.() ?? MAX_TIME;
    },
  };
  return {
    node,
    name: operator.name,
    title: operator.title,
    watermarkDelay: operator.watermarkDelay ?? 0,
    subtasks: [subtask],
    get windows() {
      return operator.windows ?? null;
    },
    get pairing() {
      return operator.pairing ?? null;
    },
    get state() {
      return operator.state;
    },
    get inputWatermark() {
      return inputWatermark();
    },
    get emitted() {
      const { out, begin = 0 } = operator;
      return { batch: out, from: begin, to: out.length };
    },
  };
}
