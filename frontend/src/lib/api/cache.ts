import { mutate } from 'swr';

/** First element of every cache key; what live events and saves invalidate by. */
export type Resource =
  | 'clients'
  | 'client'
  | 'share-links'
  | 'conversations'
  | 'messages'
  | 'suggestions'
  | 'projects'
  | 'tasks'
  | 'task'
  | 'today'
  | 'me'
  | 'traces'
  | 'trace'
  | 'queues'
  | 'metrics'
  | 'dead-letters'
  | 'dead-letter'
  | 'ops-audit';

export type CacheKey = readonly [Resource, ...unknown[]];

/** How a change shows in what is cached, per resource. A patch returns the same object when nothing changes. */
// biome-ignore lint/suspicious/noExplicitAny: each resource caches data of its own shape, known to its patch
export type Patches = { [R in Resource]?: (data: any, key: CacheKey) => unknown };

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

/** Applies the patches at once. The function it returns takes them back, except where newer data has come. */
export function patchCache(patches: Patches): () => void {
  const before = new Map<unknown, unknown>();
  for (const [resource, patch] of Object.entries(patches)) {
    const matches = (key: unknown) => isCacheKey(key) && key[0] === resource;
    mutate(
      matches,
      (data: unknown) => {
        if (data === undefined) return data;
        const after = patch(data, [resource as Resource]);
        if (after !== data) before.set(after, data);
        return after;
      },
      { revalidate: false },
    );
  }
  const changed = Object.keys(patches);
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
