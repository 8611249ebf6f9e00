import { formatClock, type Value } from '../../model';
import { FACTS, type Condition, type Facts } from './condition';

/** Facts that are too long to be said in a sentence. */
const LONG = new Set(['result', 'batch', 'in_order', 'without_silent', 'other_result']);

const shown = (name: string, value: Value): string => {
  if (value === null) return 'none';
  const type = FACTS.find((one) => one.name === name)?.type.name;
  return type === 'TIMESTAMP' ? formatClock(Number(value), 'seconds') : String(value);
};

/** The claim's own words with its facts filled in. */
export const fill = (words: string, facts: Facts): string =>
  words.replace(/\{(\w+)\}/g, (_, name: string) => shown(name, facts[name] ?? null));

/** For claims without words of their own: what the facts are that it speaks of. */
export function plainly({ text, facts: read }: Condition, facts: Facts): string {
  const said = read.filter((name) => !LONG.has(name)).map((name) => `${name} is ${shown(name, facts[name] ?? null)}`);
  const long = read.filter((name) => LONG.has(name));
  if (long.length > 0)
    said.push(`${long.join(' and ')} ${new Set(long.map((name) => facts[name])).size > 1 ? 'differ' : 'are the same'}`);
  return `Here “${text}” is false: ${said.join(', ')}.`;
}
