import { connect, type SessionState } from '../../../src/session/client';
import { openKeep } from '../../../src/site/keep';
import { sameBytes } from '../../session/same-bytes';

/** What the test reads of the page, from outside or from the page that frames this one. */
interface Report {
  states: SessionState[];
  answers: Record<string, unknown>;
  keep: string;
  violations: string[];
}

const report: Report = { states: [], answers: {}, keep: '', violations: [] };
document.addEventListener('securitypolicyviolation', (event) =>
  report.violations.push(`${event.violatedDirective} ${event.blockedURI}`),
);

const client = connect();
client.onstate((state) => report.states.push(state));
const keep = await openKeep('lesson');
report.keep = `${keep.state} ${await keep.write({ edits: { a: 'x' } })}`;
report.answers = await sameBytes(client);

Object.assign(globalThis, { report });
parent.postMessage(report, '*');
