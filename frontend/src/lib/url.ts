'use client';

import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

export type QueryChange = Record<string, string | null>;

/** The query with the changes applied; null removes a parameter. `''` or `?…`. */
export function changedQuery(current: URLSearchParams, changes: QueryChange): string {
  const next = new URLSearchParams(current);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  const query = next.toString();
  return query ? `?${query}` : '';
}

/** What is open and how it is filtered lives in the address, so that a link or a reload shows the same. */
export function useQuery(): [URLSearchParams, (changes: QueryChange, how?: 'push' | 'replace') => void] {
  const params = useSearchParams();
  const path = usePathname();
  const router = useRouter();
  const change = useCallback(
    (changes: QueryChange, how: 'push' | 'replace' = 'push') => {
      const target = path + changedQuery(new URLSearchParams(location.search), changes);
      router[how](target, { scroll: false });
    },
    [path, router],
  );
  return [params, change];
}

export const links = {
  task: (id: string) => `/tasks?task=${id}`,
  client: (id: string) => `/clients?client=${id}`,
  conversation: (id: string) => `/inbox?c=${id}`,
  /** The traces in which something (a task, a message, an event) was handled. */
  tracesOf: (id: string) => `/ops?id=${id}`,
  trace: (id: string) => `/ops?trace=${id}`,
  message: (conversationId: string, messageId: string) => `/inbox?c=${conversationId}&m=${messageId}`,
};
