import axe from 'axe-core';
import { flushSync, mount, unmount, type Component } from 'svelte';
import { afterEach } from 'vitest';
import '../../src/site/theme.css';
import { FIGURES, type TextTable, type WhyTarget } from '../../src/figures';
import { type FigureOptions } from '../../src/notebook/document';
import { type FigureName } from '../../src/notebook/figures';
import { type Snapshot } from '../../src/model';

export const options = (some: Record<string, unknown> = {}): FigureOptions => ({
  where: {},
  color: null,
  value: null,
  ...some,
});

export interface Drawn {
  box: HTMLElement;
  /** Elements that match, in the order of the document. */
  all: (selector: string) => Element[];
  /** The words of elements that match. */
  words: (selector: string) => string[];
  described: TextTable;
  /** Draws another step of the run in the same component. */
  show: (snapshot: Snapshot) => void;
}

/** Draws a figure as a page would: in a box of the given width, from the part names `f.…`. */
export function draw(
  figure: FigureName,
  snapshot: Snapshot,
  {
    width = 720,
    some = {},
    onwhy,
  }: { width?: number; some?: Record<string, unknown>; onwhy?: (target: WhyTarget) => void } = {},
): Drawn {
  const { component, describe } = FIGURES[figure];
  const settled = options(some);
  const props = { snapshot, options: settled, width, name: 'f', onwhy };
  const { set, ...drawn } = drawComponent(component as unknown as Anything, props, width);
  return { ...drawn, described: describe(snapshot, settled, 'f'), show: (next) => set({ snapshot: next }) };
}

export type Anything = Component<Record<string, unknown>>;

const drawings: (() => void)[] = [];

export function drawComponent(component: Anything, props: Record<string, unknown>, width: number) {
  const box = document.createElement('div');
  box.style.width = `${width}px`;
  box.style.background = 'var(--card)';
  document.body.append(box);
  let state = $state.raw(props);
  const mounted = mount(component, {
    target: box,
    props: Object.defineProperties(
      {},
      Object.fromEntries(Object.keys(props).map((name) => [name, { enumerable: true, get: () => state[name] }])),
    ),
  });
  flushSync();
  drawings.push(() => {
    void unmount(mounted);
    box.remove();
  });
  const all = (selector: string): Element[] => [...box.querySelectorAll(selector)];
  const words = (selector: string): string[] => all(selector).map((one) => (one.textContent ?? '').trim());
  const set = (some: Record<string, unknown>): void => {
    state = { ...state, ...some };
    flushSync();
  };
  return { box, all, words, set };
}

afterEach(() => {
  for (const clear of drawings.splice(0)) clear();
});

const shownTexts = (box: HTMLElement): SVGTextElement[] =>
  [...box.querySelectorAll<SVGTextElement>('svg.picture text')].filter((text) => text.textContent?.trim());

/** Texts of the picture below 11 px on screen. */
export const smallTexts = (box: HTMLElement): string[] =>
  shownTexts(box)
    .filter((text) => {
      const scale = text.ownerSVGElement!.getScreenCTM()!.a;
      return parseFloat(getComputedStyle(text).fontSize) * scale < 10.99;
    })
    .map((text) => text.textContent ?? '');

/** Pairs of texts that lie on each other by more than a pixel. */
export function overlappingTexts(box: HTMLElement): string[] {
  const texts = shownTexts(box).map((text) => ({ words: text.textContent.trim(), at: text.getBoundingClientRect() }));
  return texts.flatMap((a, i) =>
    texts
      .slice(i + 1)
      .filter(
        ({ at: b }) =>
          over(a.at.left, a.at.right, b.left, b.right) > 1 && over(a.at.top, a.at.bottom, b.top, b.bottom) > 3,
      )
      .map((b) => `${a.words} / ${b.words}`),
  );
}

const over = (a0: number, a1: number, b0: number, b1: number): number => Math.min(a1, b1) - Math.max(a0, b0);

/** Texts that stick out of the picture on either side. */
export function cutTexts(box: HTMLElement): string[] {
  const frame = box.getBoundingClientRect();
  return shownTexts(box)
    .filter((text) => {
      const at = text.getBoundingClientRect();
      return at.left < frame.left - 2 || at.right > frame.right + 2;
    })
    .map((text) => text.textContent ?? '');
}

export async function violations(box: HTMLElement): Promise<string[]> {
  const { violations: found } = await axe.run(box, { rules: { region: { enabled: false } } });
  return found.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`);
}

/** Every cell of a table in one text, to look things up in. */
export const asText = ({ caption, rows }: TextTable): string =>
  [caption, ...rows.map((row) => row.join(' | '))].join('\n');
