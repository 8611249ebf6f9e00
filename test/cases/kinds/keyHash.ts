import { murmur2 } from '../../../src/sim/murmur';
import { utf8 } from '../../../src/sim/utf8';
import { words } from '../../../src/cases/fields';
import { textOf, type Kind } from '../../../src/cases/kind';

/** The hash by which a producer chooses the partition of a key. */
export const keyHash: Kind = {
  kind: 'key-hash',
  profiles: ['kafka'],
  compares: ['ordered'],
  config: { hash: words('murmur2') },
  events: ['key'],
  expected: ['after', 'hash'],
  start: () => ({
    handle: ({ key }) => [{ hash: murmur2(utf8(textOf(key))) }],
  }),
};
