'use client';

import { useCallback, useRef, useState } from 'react';
import useSWR from 'swr';
import type { CacheKey } from './cache';
import type { Page } from './types';

export type FetchPage<T> = (cursor: string | null, limit: number) => Promise<Page<T>>;

const PAGE_SIZE = 50;
const LARGEST_PAGE = 100;

/** Pages until at least `count` items are there or the list ends. */
export async function fetchAtLeast<T>(fetchPage: FetchPage<T>, count: number): Promise<Page<T>> {
  let page = await fetchPage(null, Math.min(Math.max(count, PAGE_SIZE), LARGEST_PAGE));
  const items = [...page.items];
  while (page.next_cursor && items.length < count) {
    page = await fetchPage(page.next_cursor, Math.min(count - items.length, LARGEST_PAGE));
    items.push(...page.items);
  }
  return { items, next_cursor: page.next_cursor };
}

/** Puts a fresh newest page before what is loaded. Without an overlap something is missing between: start anew. */
export function mergeNewest<T extends { id: string }>(loaded: Page<T> | undefined, newest: Page<T>): Page<T> {
  if (!loaded) return newest;
  const fresh = new Set(newest.items.map(({ id }) => id));
  const older = loaded.items.filter(({ id }) => !fresh.has(id));
  if (older.length === loaded.items.length && loaded.items.length > 0) return newest;
  const reachesFurther = newest.items.length >= older.length + newest.items.length;
  return {
    items: [...newest.items, ...older],
    next_cursor: reachesFurther ? newest.next_cursor : loaded.next_cursor,
  };
}

export type CursorList<T> = {
  items: T[] | undefined;
  error: unknown;
  isLoading: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => Promise<void>;
  retry: () => void;
};

/**
 * A list that grows by "load more" and, when invalidated, fetches again as much as it shows.
 * With `appendOnly` (messages) it fetches the newest page alone and keeps the rest.
 */
export function useCursorList<T extends { id: string }>(
  key: CacheKey | null,
  fetchPage: FetchPage<T>,
  { appendOnly = false } = {},
): CursorList<T> {
  const loaded = useRef<Page<T>>(undefined);
  const [isLoadingMore, setLoadingMore] = useState(false);
  const { data, error, isLoading, mutate } = useSWR<Page<T>>(key, async () => {
    if (appendOnly) return mergeNewest(loaded.current, await fetchPage(null, PAGE_SIZE));
    return fetchAtLeast(fetchPage, loaded.current?.items.length ?? 0);
  });
  loaded.current = data;

  const loadMore = useCallback(async () => {
    const cursor = loaded.current?.next_cursor;
    if (!cursor) return;
    setLoadingMore(true);
    try {
      const page = await fetchPage(cursor, PAGE_SIZE);
      await mutate(
        (now) => ({ items: [...(now?.items ?? []), ...page.items], next_cursor: page.next_cursor }),
        {
          revalidate: false,
        },
      );
    } finally {
      setLoadingMore(false);
    }
  }, [fetchPage, mutate]);

  return {
    items: data?.items,
    error,
    isLoading,
    hasMore: Boolean(data?.next_cursor),
    isLoadingMore,
    loadMore,
    retry: () => void mutate(),
  };
}
