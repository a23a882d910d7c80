import type { FetchPage } from './cursor-list';
import type { Page } from './types';

/** Lists identify items by `id`; what Ops lists has other names for it. */
export type Listed<T> = T & { id: string };

/** Reads pages of things without an `id` and gives each the one that `idOf` makes. */
export function listed<T>(
  fetchPage: (query: { limit: number; cursor?: string }) => Promise<Page<T>>,
  idOf: (item: T) => string,
): FetchPage<Listed<T>> {
  return async (cursor, limit) => {
    const page = await fetchPage({ limit, ...(cursor && { cursor }) });
    return { ...page, items: page.items.map((item) => ({ ...item, id: idOf(item) })) };
  };
}
