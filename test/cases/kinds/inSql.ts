import { pipelineDriver } from '../../../src/cases';
import { CaseFault, type Case, type Driver, type Kind } from '../../../src/cases/kind';
import { TidemarkError } from '../../../src/model';

/** A case as a run of its SQL. */
export function inSql(theCase: Case): Driver {
  const driver = pipelineDriver(theCase);
  if (driver) return driver;
  throw new CaseFault('SQL cannot express this case');
}

/** The same where SQL can express the case, else with an operator driven by hand. */
export const inSqlOr =
  (byHand: Kind['start']): Kind['start'] =>
  (theCase) => {
    try {
      return pipelineDriver(theCase) ?? byHand(theCase);
    } catch (thrown) {
      // SQL refuses more than operators do; what they refuse they refuse themselves.
      if (thrown instanceof TidemarkError) return byHand(theCase);
      throw thrown;
    }
  };
