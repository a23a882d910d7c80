import type { LiveRows } from '@/lib/live/events';

export const suggestionRows = {
  suggestions: { on: ['suggestion'] },
} as const satisfies LiveRows;
