import { assignerOf } from '../../../src/engine/windowing/assign';
import { MergingSet } from '../../support/mergingSet';
import { number, words } from '../../../src/cases/fields';
import { isItem, isList, numberOf, type Kind } from '../../../src/cases/kind';
import { shapeOf, spanOf } from './windowShape';

/** Times, or ready windows, merge into sessions (S3.1, S3.2). */
export const sessionWindows: Kind = {
  kind: 'session-windows',
  profiles: ['flink', 'beam', 'kafka'],
  compares: ['final', 'object', 'ordered'],
  config: { input: words('windows'), 'window.type': words('session'), 'window.gap': number },
  events: ['window', 'ts'],
  expected: ['windows', 'error', 'after', 'window'],
  top: ['windowBounds'],
  // Several at once stand for one each.
  normal: (expected) =>
    expected.flatMap((item) => {
      if (isList(item)) return [{ window: item }];
      return isItem(item) && isList(item.windows) ? item.windows.map((window) => ({ window })) : [item];
    }),
  start({ config, events, profile, compare, top }) {
    const set = new MergingSet(profile === 'beam' ? 'separate' : 'merge');
    const isReady = events.length > 0 && events.every((event) => 'window' in event);
    const gap = isReady && !config.has('window.gap') ? null : config.number('window.gap');
    if (gap !== null) assignerOf(shapeOf(config.part('window')));
    // An inclusive end is the last time of an element, not the first one that is not in the session any more.
    const more = top.windowBounds === 'inclusive' ? (gap ?? 0) : 0;
    const shown = ([start, end]: readonly [number, number]): [number, number] => [start, end - more];
    return {
      handle({ ts, window }) {
        const [start, end] = window === undefined ? [numberOf(ts), numberOf(ts) + (gap ?? 0)] : spanOf(window);
        const merged = shown(set.add([start, window === undefined ? end : end + more]));
        return compare === 'ordered' ? [{ window: merged }] : [];
      },
      end() {
        const windows = set.windows.map(shown);
        return compare === 'object' ? { windows } : compare === 'final' ? windows.map((window) => ({ window })) : [];
      },
    };
  },
};
