import { formatDuration, TidemarkError } from '../model';

/** Refuses a span below zero, ms. `where` is the option that it stands in. */
export function atLeastZero(name: string, where: string, span: number): void {
  if (!(span >= 0)) refuse(`${name} is below zero`, where, '0 s or more', span);
}

/** Refuses a span of zero or less, ms. */
export function aboveZero(name: string, where: string, span: number): void {
  if (!(span > 0)) refuse(`${name} has to be above zero`, where, 'a duration such as 30 s', span);
}

function refuse(what: string, where: string, expected: string, span: number): never {
  throw new TidemarkError({
    what,
    where,
    expected,
    found: Number.isFinite(span) ? formatDuration(span) : String(span),
  });
}
