import { mutate } from 'swr';

/** What the cache holds for each resource. An entity adds its own in its `cache.ts`. */
// biome-ignore lint/suspicious/noEmptyInterface: entities add to it by declaration merging
export interface Resources {}

/** First element of every cache key; what live events and saves invalidate by. */
export type Resource = keyof Resources;

export type CacheKey = readonly [Resource, ...unknown[]];

/** How a change shows in what is cached, per resource. A patch returns the same object when nothing changes. */
export type Patches = { [R in Resource]?: (data: Resources[R]) => Resources[R] };

function isCacheKey(key: unknown): key is CacheKey {
  return Array.isArray(key) && typeof key[0] === 'string';
}

/** Fetches again what matches and is on screen; the rest is fetched when it is next shown. */
export function invalidate(matches: (key: CacheKey) => boolean): Promise<unknown> {
  return mutate((key) => isCacheKey(key) && matches(key));
}

export function invalidateResources(...resources: Resource[]): Promise<unknown> {
  return invalidate(([resource]) => resources.includes(resource));
}

export function forgetEverything(): Promise<unknown> {
  return mutate(() => true, undefined, { revalidate: false });
}

/** Applies the patches immediately. The function it returns takes them back, except where newer data has come. */
export function patchCache(patches: Patches): () => void {
  const before = new Map<unknown, unknown>();
  for (const [resource, patch] of Object.entries(patches) as [Resource, (data: unknown) => unknown][]) {
    const matches = (key: unknown) => isCacheKey(key) && key[0] === resource;
    mutate(
      matches,
      (data: unknown) => {
        if (data === undefined) return data;
        const after = patch(data);
        if (after !== data) before.set(after, data);
        return after;
      },
      { revalidate: false },
    );
  }
  const changed: string[] = Object.keys(patches);
  return () => {
    mutate(
      (key) => isCacheKey(key) && changed.includes(key[0]),
      (data: unknown) => before.get(data) ?? data,
      { revalidate: false },
    );
  };
}

/** Shows a change before the server has made it, and takes it back if the server does not. */
export async function optimistically<T>(patches: Patches, request: () => Promise<T>): Promise<T> {
  const rollback = patchCache(patches);
  try {
    return await request();
  } catch (error) {
    rollback();
    throw error;
  }
}
