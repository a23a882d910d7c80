/** A stretch of a text that a suggestion refers to. Offsets count Unicode code points; `end` is exclusive. */
export type Span = { id: string; start: number; end: number };

/** A piece of the text and the ids of the spans that cover it. */
export type Piece = { text: string; ids: string[] };

/**
 * Cuts `text` at the borders of `spans`. The pieces joined are the text again. Spans may overlap; one that
 * lies outside the text or is empty covers nothing.
 *
 * JavaScript counts UTF-16 units and the API code points: an emoji before the quote would shift it by one.
 */
export function highlight(text: string, spans: readonly Span[]): Piece[] {
  const characters = Array.from(text);
  const inside = spans.filter(({ start, end }) => start >= 0 && start < end && end <= characters.length);
  const borders = new Set([0, characters.length, ...inside.flatMap(({ start, end }) => [start, end])]);
  const cuts = [...borders].sort((a, b) => a - b);
  return cuts.slice(1).map((end, index) => {
    const start = cuts[index] ?? 0;
    const ids = inside.filter((span) => span.start <= start && end <= span.end).map(({ id }) => id);
    return { text: characters.slice(start, end).join(''), ids };
  });
}
