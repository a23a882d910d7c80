import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isolate } from './isolate';

/** How many isolates are open after each character; negative when one of the sentence around was closed. */
function depths(text: string): number[] {
  let depth = 0;
  return Array.from(text, (character) => {
    if ('\u2066\u2067\u2068'.includes(character)) depth += 1;
    if (character === '\u2069') depth -= 1;
    return depth;
  });
}

describe('a text within a sentence of ours', () => {
  it('never closes what was opened around it and leaves nothing open', () => {
    const character = fc.constantFrom('a', 'א', ' ', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069');
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 12 }), (text) => {
        const found = depths(isolate(text));
        expect(found.at(-1)).toBe(0);
        expect(found.slice(0, -1).every((depth) => depth > 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is otherwise as it was', () => {
    expect(isolate('Acme')).toBe('\u2068Acme\u2069');
  });
});
