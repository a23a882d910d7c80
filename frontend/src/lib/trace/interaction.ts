/** What a person did last, for the trace that begins with it. No text of the page is kept, only what kind it was. */
export type Interaction = {
  type: 'click' | 'keydown';
  /** When, on the clock of `performance.now()`. */
  at: number;
};

/** A request that starts later than this was not caused by it. */
const CAUSES_FOR_MS = 1000;

let last: Interaction | null = null;

function remember(event: Event): void {
  if (event.isTrusted) last = { type: event.type as Interaction['type'], at: event.timeStamp };
}

if (typeof window !== 'undefined') {
  for (const type of ['click', 'keydown']) {
    window.addEventListener(type, remember, { capture: true, passive: true });
  }
}

/** The interaction that caused what happens now, or null when there was none just before. */
export function causeOfNow(): Interaction | null {
  return last && performance.now() - last.at < CAUSES_FOR_MS ? last : null;
}
