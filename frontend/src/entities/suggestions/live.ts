import type { LiveRows } from '@/lib/live/events';

export const suggestionRows = {
  suggestions: {
    on: ['suggestion_created', 'suggestion_accepted', 'suggestion_dismissed', 'suggestion_restored'],
  },
} as const satisfies LiveRows;
