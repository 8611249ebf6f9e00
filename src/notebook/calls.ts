import { TidemarkError } from '../model';

/** A value of an option that has arguments: `after-watermark(early: processing-delay(1 min), late: count(1))`. */
export interface Call {
  name: string;
  args: { label: string | null; value: Call }[];
}

/** Deeper than anybody reads. */
const MOST_DEPTH = 12;

/**
 * Reads such a value. A bare word, number, duration or time is a call without arguments. Throws a TidemarkError that
 * says where the text stops making sense.
 */
export function parseCall(text: string): Call {
  let at = 0;
  const fail = (expected: string): never => {
    const rest = text.slice(at).trim();
    throw new TidemarkError({
      what: 'this does not read as name(argument, …)',
      expected,
      found: rest === '' ? 'the end' : JSON.stringify(rest.slice(0, 24)),
      hint: 'Such as repeat(count(3)), or after-watermark(early: count(1)).',
    });
  };
  const eat = (mark: string): boolean => {
    while (text[at] === ' ') at += 1;
    if (text[at] !== mark) return false;
    at += 1;
    return true;
  };
  const word = (): string => {
    const from = at;
    while (at < text.length && !'(),'.includes(text[at])) {
      // A colon with a space behind it ends a label; without one it stands in a clock time.
      if (text[at] === ':' && !/\d/.test(text[at + 1] ?? '')) break;
      at += 1;
    }
    return text.slice(from, at).trim();
  };
  const call = (depth: number): Call => {
    if (depth > MOST_DEPTH) fail('fewer brackets in one another');
    const name = word();
    if (name === '') fail('a name or a value');
    const args: Call['args'] = [];
    if (!eat('(')) return { name, args };
    do args.push(argument(depth + 1));
    while (eat(','));
    if (!eat(')')) fail('a comma or a closing bracket');
    return { name, args };
  };
  const argument = (depth: number): Call['args'][number] => {
    const from = at;
    const label = word();
    if (eat(':')) return { label, value: call(depth) };
    at = from;
    return { label: null, value: call(depth) };
  };
  const whole = call(0);
  while (text[at] === ' ') at += 1;
  if (at < text.length) fail('the end');
  return whole;
}

export function formatCall({ name, args }: Call): string {
  if (args.length === 0) return name;
  const inner = args.map(({ label, value }) => (label === null ? formatCall(value) : `${label}: ${formatCall(value)}`));
  return `${name}(${inner.join(', ')})`;
}
