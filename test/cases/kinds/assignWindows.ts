import { POLICIES } from '../../../src/engine/profiles';
import { windowsOf } from '../../../src/engine/windowing/assign';
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
    const shape = gridOf(config.part('window'));
    const assign = (ts: number): [number, number][] =>
      windowsOf(shape, ts, POLICIES[profile === 'beam' ? 'beam' : 'flink']);
    // What is refused is refused before the first time comes.
    assign(0);
    return { handle: ({ ts }) => [{ windows: assign(numberOf(ts)) }] };
  },
};
