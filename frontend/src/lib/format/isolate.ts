const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
const ISOLATES = /[\u2066-\u2069]/g;

/**
 * A text of another person within a sentence of ours, so that neither its direction nor the control characters in it
 * reach beyond it. For where no element can do that, as `<bdi>` does: the title of a window, an attribute.
 */
export function isolate(text: string): string {
  return FIRST_STRONG_ISOLATE + text.replace(ISOLATES, '') + POP_ISOLATE;
}
