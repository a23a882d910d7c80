import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highlight } from './highlight';

/** Cases, not time: a busy machine takes longer for them and finds the same. */
const BUDGET = { numRuns: 60 };

describe('highlight', () => {
  it('counts code points, so an emoji before the quote does not shift it', () => {
    const pieces = highlight('🎉🎉 Send it', [{ id: 'a', start: 3, end: 7 }]);
    expect(pieces.filter(({ ids }) => ids.length > 0)).toEqual([{ text: 'Send', ids: ['a'] }]);
  });

  it('names every quote that covers a piece', () => {
    const pieces = highlight('abcdef', [
      { id: 'x', start: 0, end: 4 },
      { id: 'y', start: 2, end: 6 },
    ]);
    expect(pieces).toEqual([
      { text: 'ab', ids: ['x'] },
      { text: 'cd', ids: ['x', 'y'] },
      { text: 'ef', ids: ['y'] },
    ]);
  });

  it('leaves out a quote that lies outside the text', () => {
    expect(highlight('abc', [{ id: 'x', start: 1, end: 9 }])).toEqual([{ text: 'abc', ids: [] }]);
  });

  it('never changes the text and marks exactly what each quote covers', () => {
    const span = fc.record({ id: fc.uuid(), start: fc.nat(20), end: fc.nat(20) });
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.array(span, { maxLength: 4 }),
        (text, spans) => {
          const pieces = highlight(text, spans);
          expect(pieces.map((piece) => piece.text).join('')).toBe(text);
          const characters = Array.from(text);
          for (const { id, start, end } of spans) {
            const isInside = start < end && end <= characters.length;
            const marked = pieces.filter(({ ids }) => ids.includes(id)).map((piece) => piece.text);
            expect(marked.join('')).toBe(isInside ? characters.slice(start, end).join('') : '');
          }
        },
      ),
      BUDGET,
    );
  });
});
