import { POLICIES } from '../../../src/engine/profiles';
import { windowsAt } from '../../../src/engine/stream/windows';
import { cutOf } from '../../../src/engine/windowing/shapes';
import { number, words } from '../../../src/cases/fields';
import { numberOf, type Kind } from '../../../src/cases/kind';
import { gridOf } from './windowShape';

/** Which windows does each time get (S2). */
export const assignWindows: Kind = {
  kind: 'assign-windows',
  profiles: ['flink', 'beam'],
  compares: ['object', 'set-per-event', 'ordered'],
  config: {
    'window.type': words('tumbling', 'sliding', 'cumulate'),
    'window.size': number,
    'window.offset': number,
    'window.slide': number,
    'window.step': number,
    'window.max': number,
  },
  events: ['ts'],
  expected: ['after', 'windows', 'error'],
  start({ config, profile }) {
    // What is refused is refused before the first time comes.
    const cut = cutOf(gridOf(config.part('window')), POLICIES[profile === 'beam' ? 'beam' : 'flink']);
    return { handle: ({ ts }) => [{ windows: cut.by === 'grid' ? windowsAt(cut.grid, numberOf(ts)) : [] }] };
  },
};
