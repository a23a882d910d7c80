import { taskRows } from '@/entities/tasks/live';
import type { LiveRows } from '@/lib/live/events';

/** Today shows a little of everything. */
export const todayRows = {
  today: { on: ['conversation', 'suggestion', ...taskRows.tasks.on] },
} as const satisfies LiveRows;
