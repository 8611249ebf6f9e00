/** Class of a dot's colour; `k0` is shared by all keys after the fourth. */
export const KEY_CLASSES = ['k1', 'k2', 'k3', 'k4'] as const;
export type KeyClass = (typeof KEY_CLASSES)[number] | 'k0';

export interface KeyColors {
  /** Keys in the order in which they were first seen. */
  keys: string[];
  of: (key: string) => KeyClass;
}

/**
 * Colours by order of first sight. The rows of a part come in arrival order, so a key keeps its colour while the run
 * is played in either direction.
 */
export function keyColors(values: Iterable<string>): KeyColors {
  const classes = new Map<string, KeyClass>();
  for (const key of values) {
    if (!classes.has(key)) classes.set(key, KEY_CLASSES[classes.size] ?? 'k0');
  }
  return { keys: [...classes.keys()], of: (key) => classes.get(key) ?? 'k0' };
}
