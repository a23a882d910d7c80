import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fetchAtLeast, mergeNewest } from './cursor-list';
import type { Page } from './types';

type Item = { id: string };
const items = (from: number, to: number): Item[] =>
  Array.from({ length: to - from }, (_, index) => ({ id: String(from + index) }));

function source(total: number) {
  return async (cursor: string | null, limit: number): Promise<Page<Item>> => {
    const from = Number(cursor ?? 0);
    const to = Math.min(from + limit, total);
    return { items: items(from, to), next_cursor: to < total ? String(to) : null };
  };
}

describe('a list that was extended', () => {
  it('is fetched again as far as it was shown', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(600), fc.nat(600), async (total, shown) => {
        const page = await fetchAtLeast(source(total), shown);
        expect(page.items.length).toBeGreaterThanOrEqual(Math.min(shown, total));
        expect(page.items.map(({ id }) => id)).toEqual(items(0, page.items.length).map(({ id }) => id));
        expect(page.next_cursor).toBe(page.items.length < total ? String(page.items.length) : null);
      }),
    );
  });
});

describe('the newest page', () => {
  const page = (ids: string[], next_cursor: string | null): Page<Item> => ({
    items: ids.map((id) => ({ id })),
    next_cursor,
  });

  it('goes before what is loaded and keeps the way to what is earlier', () => {
    const merged = mergeNewest(page(['3', '2', '1'], 'before-1'), page(['4', '3', '2'], 'before-2'));
    expect(merged).toEqual(page(['4', '3', '2', '1'], 'before-1'));
  });

  it('replaces what is loaded when something is missing between', () => {
    const newest = page(['9', '8'], 'before-8');
    expect(mergeNewest(page(['3', '2'], null), newest)).toEqual(newest);
  });

  it('stands alone when nothing was loaded, or when it reaches as far', () => {
    const newest = page(['2', '1'], null);
    expect(mergeNewest(undefined, newest)).toEqual(newest);
    expect(mergeNewest(page([], null), newest)).toEqual(newest);
    expect(mergeNewest(page(['1'], null), newest)).toEqual(newest);
  });
});
