import { TidemarkError } from '../../model';
import { type Operator } from '../stream/operator';
import { type StateBackend } from './backend';

/** Takes an operator that writes its own keyframes into its backend, as one store. It cannot be checkpointed. */
export function adoptOwnState(state: StateBackend, operator: Operator): void {
  if (!operator.save) return;
  const refuse = (): never => {
    throw new TidemarkError({ what: `the state of ${operator.name} cannot be checkpointed` });
  };
  state.add({
    get rows() {
      return operator.state?.rows ?? 0;
    },
    writeFrame: (writer) => operator.save!(writer),
    readFrame: (reader) => operator.restore!(reader),
    writeEntries: refuse,
    readEntry: refuse,
  });
}
