/** A card that wants to stand at `anchor` and is `height` tall, both in pixels. */
export type Card = { anchor: number; height: number };

/**
 * The tops of cards in a column: each beside what it is about, none over another, in the given order. When the
 * last would hang below `bottom`, the column moves up, but never above the top.
 */
export function stackCards(cards: readonly Card[], gap: number, bottom: number): number[] {
  const tops: number[] = [];
  let free = 0;
  for (const { anchor, height } of cards) {
    const top = Math.max(anchor, free);
    tops.push(top);
    free = top + height + gap;
  }
  let limit = Math.max(bottom, columnHeight(cards, gap));
  for (let index = cards.length - 1; index >= 0; index -= 1) {
    const top = Math.min(tops[index] ?? 0, limit - (cards[index]?.height ?? 0));
    tops[index] = top;
    limit = top - gap;
  }
  return tops;
}

/** What the cards need when they stand directly under one another. */
export function columnHeight(cards: readonly Card[], gap: number): number {
  return cards.reduce((sum, { height }) => sum + height + gap, -gap);
}
