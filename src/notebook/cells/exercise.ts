import { METRICS, type Check, type ExerciseCell, type Query, type SqlCell, type Unit } from '../document';
import { didYouMean } from '../../sql/suggest';
import { inlineProse } from '../inline';
import { type Item } from '../item';
import { type Known } from '../known';
import { askOf, differences, QUERY_KEYS, question, readSetting } from '../queries';
import { queryUnit } from '../units';
import { unitValue } from '../values';
import { type CellKind } from './cell';

/** A task on a run, judged on the state of the engine and never on the reader's text. */
export const exercise: CellKind<ExerciseCell> = {
  head: ['reads', 'title'],
  body: 'yaml',
  read({ head, body, known }) {
    const cell = known.cell(head.need('reads'), 'sql');
    const fields = body.fields(['task', 'start', 'checks', 'hints', 'solution', 'wrong', 'explain']);
    const checks = readChecks(fields.need('checks'), cell, known);
    const names = checks.map((one) => one.name);
    return {
      task: inlineProse(fields.need('task'), known),
      reads: cell.id,
      start: readSetting(fields.need('start'), cell, known),
      checks,
      hints: fields.list('hints', (one) => one.string()),
      solution: readSetting(fields.need('solution'), cell, known),
      wrong: fields.list('wrong', (one) => readWrong(one, names, cell, known)),
      explain: fields.text('explain'),
    };
  },
};

function readWrong(item: Item, names: readonly string[], cell: SqlCell, known: Known): ExerciseCell['wrong'][number] {
  const fields = item.fields(['set', 'fails', 'because']);
  return {
    set: readSetting(fields.need('set'), cell, known),
    fails: fields.need('fails').oneOf(names),
    because: fields.text('because'),
  };
}

function readChecks(item: Item, cell: SqlCell, known: Known): Check[] {
  const checks: Check[] = [];
  for (const one of item.list()) {
    const check = readCheck(one, cell, known);
    if (checks.some((other) => other.name === check.name)) {
      throw one.error(`two checks are called ${check.name}`, {
        expected: 'as: and a name of its own',
        found: check.name,
        hint: 'Give one of them as: name.',
      });
    }
    checks.push(check);
  }
  if (!checks.length) throw item.error('an exercise without checks', { expected: 'at least one check', found: 'none' });
  return checks;
}

/**
 * `{dropped: 0}`, `{latencyP50: "<= 90 s"}`: a metric and what it must be. `{final: spend, where: …, column: …, is: 40.00}`:
 * any question with `is`, or with `equals: batch`.
 */
function readCheck(item: Item, cell: SqlCell, known: Known): Check {
  const fields = item.fields([
    ...QUERY_KEYS.filter((key) => key !== 'value' && key !== 'name'),
    'is',
    'equals',
    'as',
    'message',
  ]);
  const ask = askOf(item, fields);
  if (ask === 'value' || ask === 'metric')
    throw item.error(`${ask} is no check`, { expected: `a metric as its own key, such as dropped: 0`, found: ask });
  const short = METRICS.find((name) => name === ask);
  const target = short
    ? cell.id
    : ask === 'differences'
      ? known.cell(fields.need(ask), 'compare').sides[0].of
      : known.cell(fields.need(ask), 'sql').id;
  if (target !== cell.id)
    throw fields.need(ask).error('a check on another run', {
      expected: cell.id,
      found: target,
      hint: 'Checks judge the run that the exercise reads.',
    });
  const name = fields.get('as')?.string() ?? ask;
  const message = fields.text('message');
  if (fields.has('equals')) {
    if (ask === 'differences')
      throw fields.need('equals').error('differences are a number', { expected: 'is: 0', found: 'equals' });
    fields.need('equals').oneOf(['batch']);
    if (fields.has('is'))
      throw fields.need('is').error('is and equals in one check', { expected: 'one of them', found: 'both' });
    const whole = ask === 'final' && !fields.has('where') && !fields.has('column');
    const query: Query = whole
      ? { ask: 'agrees', of: cell.id, set: readSetting(fields.get('set'), cell, known) }
      : question(ask, fields, cell, known);
    return { name, query, unit: queryUnit(query, known.schemaOf), is: { op: 'equals', run: 'batch' }, message };
  }
  const query = ask === 'differences' ? differences(fields, known) : question(ask, fields, cell, known);
  const unit = queryUnit(query, known.schemaOf);
  const claim = short ? fields.need(short) : fields.get('is');
  if (!claim && ask !== 'agrees')
    throw item.error('a check without a claim', { expected: 'is: … or equals: batch', found: fields.keys.join(', ') });
  return { name, query, unit, is: claim ? readClaim(claim, unit) : { op: '=', value: true }, message };
}

/** `40.00`, `"<= 90 s"`. */
function readClaim(item: Item, unit: Unit): Check['is'] {
  const [, sign, rest] = /^\s*(<=|>=|<|>|=)?\s*(.*)$/s.exec(item.string())!;
  const op = (sign ?? '=') as '=' | '<=' | '>=' | '<' | '>';
  if (typeof item.scalar === 'string' && sign) return { op, value: unitValue(item.as(rest), unit) };
  if (typeof item.scalar === 'string' && unit === 'number' && !/^\d/.test(rest)) {
    throw item.error('not a claim', {
      expected: 'a value, or <= >= < > and a value',
      hint: didYouMean(rest.split(' ')[0], ['<=', '>=', '<', '>'], 'signs'),
    });
  }
  return { op, value: unitValue(item, unit) };
}
