import fc from 'fast-check';
import { expect, it } from 'vitest';
import { columnHeight, stackCards } from './stack-cards';

const cards = fc.array(fc.record({ anchor: fc.nat(2000), height: fc.integer({ min: 1, max: 400 }) }), {
  maxLength: 8,
});

it('puts a card beside its message when there is room', () => {
  const wanted = [
    { anchor: 100, height: 50 },
    { anchor: 400, height: 50 },
  ];
  expect(stackCards(wanted, 10, 1000)).toEqual([100, 400]);
});

it('moves the column up when the last card would hang below the thread', () => {
  const wanted = [
    { anchor: 180, height: 90 },
    { anchor: 180, height: 90 },
  ];
  expect(stackCards(wanted, 10, 200)).toEqual([10, 110]);
});

it('never lets cards overlap, leave the column, or change their order', () => {
  fc.assert(
    fc.property(cards, fc.nat(3000), (wanted, bottom) => {
      const tops = stackCards(wanted, 12, bottom);
      const limit = Math.max(bottom, columnHeight(wanted, 12));
      tops.forEach((top, index) => {
        const former = index === 0 ? 0 : (tops[index - 1] ?? 0) + (wanted[index - 1]?.height ?? 0) + 12;
        expect(top).toBeGreaterThanOrEqual(index === 0 ? 0 : former);
        expect(top + (wanted[index]?.height ?? 0)).toBeLessThanOrEqual(limit);
      });
    }),
  );
});
