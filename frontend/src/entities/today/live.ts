import type { LiveRows } from '@/lib/live/events';

/** Today shows a little of everything. */
export const todayRows = {
  today: { on: ['conversation', 'suggestion', 'task', 'client'] },
} as const satisfies LiveRows;
