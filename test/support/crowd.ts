import { type Payment } from './snapshot';

/** `count` payments of `cards` cards over `span` minutes; a few of them come very late. The same ones every time. */
export function crowd(
  count: number,
  { span, cards, late = 0.03 }: { span: number; cards: number; late?: number },
): Payment[] {
  let seed = 7;
  const next = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  return Array.from({ length: count }, () => {
    const happened = next() * span;
    const delay = next() < late ? next() * span * 0.4 : next() * span * 0.02;
    const card = `customer-with-a-long-name-${Math.floor(next() * cards)}`;
    return { happened, arrived: happened + delay, card, cents: Math.floor(next() * 9_000) - 500 };
  });
}
