import { CaseFault, isItem, isList, type Item, type Json } from './kind';

/** The `config` of a case, read by dotted path. What is missing and has no fallback is a `CaseFault`. */
export class Settings {
  constructor(readonly raw: Item) {}

  has(path: string): boolean {
    return this.at(path) !== undefined;
  }

  at(path: string): Json | undefined {
    let value: Json | undefined = this.raw;
    for (const name of path.split('.')) value = isItem(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    return value;
  }

  number(path: string, fallback?: number): number {
    return this.read(path, 'a number', fallback, (value): value is number => typeof value === 'number');
  }

  word(path: string, fallback?: string): string {
    return this.read(path, 'a word', fallback, (value): value is string => typeof value === 'string');
  }

  flag(path: string, fallback = false): boolean {
    return this.read(path, 'true or false', fallback, (value): value is boolean => typeof value === 'boolean');
  }

  list(path: string, fallback?: readonly Json[]): readonly Json[] {
    return this.read(path, 'a list', fallback, isList);
  }

  /** Settings of their own, such as those of a trigger inside a trigger. */
  part(path: string): Settings {
    return new Settings(this.read(path, 'an object', undefined, isItem));
  }

  private read<T extends Json>(
    path: string,
    label: string,
    fallback: T | undefined,
    holds: (value: Json) => value is T,
  ): T {
    const value = this.at(path) ?? fallback;
    if (value === undefined) throw new CaseFault(`config.${path} is missing`);
    if (!holds(value)) throw new CaseFault(`config.${path} is not ${label}`);
    return value;
  }
}
