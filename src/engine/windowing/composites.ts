import { MAX_TIME } from '../../model';
import { allFinished, finish, hasFinished, resume, type Moment, type TriggerNode } from './trigger';

/** A part of a composite, and where its slots begin. */
interface Child {
  node: TriggerNode;
  offset: number;
}

/** Lays parts out behind slot 0 of the composite. */
function layOut(nodes: TriggerNode[]): { children: Child[]; slots: number } {
  let slots = 1;
  const children = nodes.map((node) => {
    const child = { node, offset: slots };
    slots += node.slots;
    return child;
  });
  return { children, slots };
}

type Ask = 'eventDue' | 'clockDue';

interface Own extends Pick<TriggerNode, 'ready' | 'fire'> {
  /** Whether the parts, as they stand, make the whole finished. */
  over(state: Float64Array, at: number): boolean;
}

/** What most composites have in common: every part that has not finished sees elements, and timers are the parts'. */
function composite(nodes: TriggerNode[], own: (children: Child[]) => Own): TriggerNode {
  const { children, slots } = layOut(nodes);
  const whole = own(children);
  const due =
    (ask: Ask): TriggerNode[Ask] =>
    (state, at, moment) => {
      if (hasFinished(state, at)) return MAX_TIME;
      return Math.min(...children.map(({ node, offset }) => node[ask](state, at + offset, moment)));
    };
  return {
    slots,
    reset(state, at) {
      resume(state, at);
      for (const { node, offset } of children) node.reset(state, at + offset);
    },
    element(state, at, moment) {
      for (const { node, offset } of children) {
        if (!hasFinished(state, at + offset)) node.element(state, at + offset, moment);
      }
    },
    ready: (state, at, moment) => !hasFinished(state, at) && whole.ready(state, at, moment),
    fire(state, at, moment) {
      whole.fire(state, at, moment);
      if (whole.over(state, at)) finish(state, at);
    },
    merge(state, all, moment) {
      const finished = allFinished(state, all);
      mergeChildren(children, state, all, moment);
      if (finished || whole.over(state, all[0])) finish(state, all[0]);
      else resume(state, all[0]);
    },
    eventDue: due('eventDue'),
    clockDue: due('clockDue'),
  };
}

function mergeChildren(children: Child[], state: Float64Array, all: readonly number[], moment: Moment): void {
  for (const { node, offset } of children) {
    node.merge(
      state,
      all.map((at) => at + offset),
      moment,
    );
  }
}

/** Starts the part again whenever it has finished. */
export function repeat(of: TriggerNode): TriggerNode {
  return composite([of], ([{ node, offset }]) => ({
    ready: (state, at, moment) => node.ready(state, at + offset, moment),
    fire(state, at, moment) {
      node.fire(state, at + offset, moment);
      if (hasFinished(state, at + offset)) node.reset(state, at + offset);
    },
    over: () => false,
  }));
}

const finishedChild =
  (state: Float64Array, at: number) =>
  ({ offset }: Child): boolean =>
    hasFinished(state, at + offset);

/** Fires and finishes with the first part that does. */
export function any(of: TriggerNode[]): TriggerNode {
  return composite(of, (children) => ({
    ready: (state, at, moment) => children.some(({ node, offset }) => node.ready(state, at + offset, moment)),
    fire(state, at, moment) {
      for (const { node, offset } of children) {
        if (node.ready(state, at + offset, moment)) node.fire(state, at + offset, moment);
        else node.reset(state, at + offset);
      }
      // Also where the part that fired would go on.
      finish(state, at);
    },
    over: (state, at) => children.some(finishedChild(state, at)),
  }));
}

/** Fires and finishes when every part has fired or could. */
export function all(of: TriggerNode[]): TriggerNode {
  return composite(of, (children) => ({
    ready: (state, at, moment) =>
      children.every(({ node, offset }) => hasFinished(state, at + offset) || node.ready(state, at + offset, moment)),
    fire(state, at, moment) {
      for (const { node, offset } of children) {
        if (!hasFinished(state, at + offset)) node.fire(state, at + offset, moment);
      }
    },
    over: (state, at) => children.every(finishedChild(state, at)),
  }));
}

/** One part after the other; a later one starts counting when it becomes the current one. */
export function each(of: TriggerNode[]): TriggerNode {
  const { children } = layOut(of);
  const current = (state: Float64Array, at: number): Child | undefined =>
    children.find(({ offset }) => !hasFinished(state, at + offset));
  const whole = composite(of, () => ({
    ready(state, at, moment) {
      const child = current(state, at);
      return child !== undefined && child.node.ready(state, at + child.offset, moment);
    },
    fire(state, at, moment) {
      const { node, offset } = current(state, at)!;
      node.fire(state, at + offset, moment);
    },
    over: (state, at) => current(state, at) === undefined,
  }));
  return { ...whole, ...through(current) };
}

/** The part whose turn it is sees elements, and its timers are those of the whole. */
function through(
  current: (state: Float64Array, at: number) => Child | undefined,
): Pick<TriggerNode, 'element' | 'eventDue' | 'clockDue'> {
  const due =
    (ask: Ask): TriggerNode[Ask] =>
    (state, at, moment) => {
      const child = current(state, at);
      return child ? child.node[ask](state, at + child.offset, moment) : MAX_TIME;
    };
  return {
    element(state, at, moment) {
      const child = current(state, at);
      if (child) child.node.element(state, at + child.offset, moment);
    },
    eventDue: due('eventDue'),
    clockDue: due('clockDue'),
  };
}

/** The first part, until the second one fires: that ends everything. */
export function orFinally(main: TriggerNode, until: TriggerNode): TriggerNode {
  return composite([main, until], ([first, last]) => ({
    ready: (state, at, moment) =>
      first.node.ready(state, at + first.offset, moment) || last.node.ready(state, at + last.offset, moment),
    fire(state, at, moment) {
      const child = last.node.ready(state, at + last.offset, moment) ? last : first;
      child.node.fire(state, at + child.offset, moment);
    },
    over: (state, at) => [first, last].some(finishedChild(state, at)),
  }));
}

/**
 * Early, on time, late (S4.9): `early` starts again after each pane until the end of the window, where there is one pane
 * on time; then `late` starts again after each pane. Without `late` the on-time pane is the last one. The first part is
 * the end of the window, and says whether the on-time pane has been fired.
 */
export function afterWatermark(end: TriggerNode, early: TriggerNode | null, late: TriggerNode | null): TriggerNode {
  const parts = [end, ...(early ? [early] : []), ...(late ? [late] : [])];
  const { children } = layOut(parts);
  const before = early ? children[1] : undefined;
  const after = late ? children[children.length - 1] : undefined;
  // The end of the window is right behind slot 0.
  const isLate = (state: Float64Array, at: number): boolean => hasFinished(state, at + 1);
  const current = (state: Float64Array, at: number): Child | undefined => (isLate(state, at) ? after : before);
  const whole = composite(parts, () => ({
    ready(state, at, moment) {
      if (end.ready(state, at + 1, moment)) return true;
      const child = current(state, at);
      return child !== undefined && child.node.ready(state, at + child.offset, moment);
    },
    fire(state, at, moment) {
      if (end.ready(state, at + 1, moment)) {
        end.fire(state, at + 1, moment);
        if (before) before.node.reset(state, at + before.offset);
        return;
      }
      const { node, offset } = current(state, at)!;
      node.fire(state, at + offset, moment);
      if (hasFinished(state, at + offset)) node.reset(state, at + offset);
    },
    over: (state, at) => !late && isLate(state, at),
  }));
  const { element, eventDue, clockDue } = through(current);
  return {
    ...whole,
    element,
    merge(state, all, moment) {
      whole.merge(state, all, moment);
      if (isLate(state, all[0])) return;
      // The on-time pane is to come (again): nothing is late yet, and nothing is over (S3.5).
      resume(state, all[0]);
      if (after) after.node.reset(state, all[0] + after.offset);
    },
    eventDue: (state, at, moment) =>
      hasFinished(state, at) ? MAX_TIME : Math.min(end.eventDue(state, at + 1, moment), eventDue(state, at, moment)),
    clockDue: (state, at, moment) =>
      hasFinished(state, at) ? MAX_TIME : Math.min(end.clockDue(state, at + 1, moment), clockDue(state, at, moment)),
  };
}
