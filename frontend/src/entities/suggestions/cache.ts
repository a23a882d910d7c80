import { withoutTodaySuggestion } from '@/entities/today/cache';
import type { Patches } from '@/lib/api/cache';
import type { Page } from '@/lib/api/types';
import type { Suggestion } from './types';

declare module '@/lib/api/cache' {
  interface Resources {
    suggestions: Page<Suggestion>;
  }
}

/** A suggestion was decided: it keeps its place beside its message and leaves Today. */
export function decided(id: string, status: Suggestion['status']): Patches {
  return {
    suggestions: (page) => ({
      ...page,
      items: page.items.map((each) => (each.id === id ? { ...each, status } : each)),
    }),
    ...withoutTodaySuggestion(id),
  };
}
