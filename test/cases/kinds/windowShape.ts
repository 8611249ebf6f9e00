import { type GridShape, type WindowShape } from '../../../src/index';
import { CaseFault, isItem, numberOf, type Json } from '../../../src/cases/kind';
import { type Settings } from '../../../src/cases/settings';

/** The window of a case on a fixed grid. */
export function gridOf(window: Settings): GridShape {
  const offset = window.number('offset', 0);
  const type = window.word('type');
  switch (type) {
    case 'tumbling':
      return { kind: 'tumble', size: window.number('size'), offset };
    case 'sliding':
      return { kind: 'hop', size: window.number('size'), slide: window.number('slide'), offset };
    case 'cumulate':
      return { kind: 'cumulate', size: window.number('max'), step: window.number('step'), offset };
    default:
      throw new CaseFault(`window of type ${type}`);
  }
}

/** The window of a case. */
export function shapeOf(window: Settings): WindowShape {
  switch (window.word('type')) {
    case 'session':
      return { kind: 'session', gap: window.number('gap') };
    case 'global':
      return { kind: 'global' };
    default:
      return gridOf(window);
  }
}

/** `[start, end]` of a case. */
export function spanOf(value: Json | undefined): [number, number] {
  if (Array.isArray(value) && value.length === 2) return [numberOf(value[0] as Json), numberOf(value[1] as Json)];
  throw new CaseFault(`${JSON.stringify(value) ?? 'nothing'} is not a window`);
}

/** An expected output whose global window, which has no bounds, is written as `null` or by its name. */
export function everywhere(item: Json): Json {
  if (!isItem(item) || (item.window !== null && item.window !== 'global')) return item;
  return { ...item, window: ['MIN', 'MAX'] };
}
