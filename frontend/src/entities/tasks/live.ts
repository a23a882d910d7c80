import type { LiveRows } from '@/lib/live/events';

export const taskRows = {
  tasks: { on: ['task', 'client'] },
  task: { on: ['task', 'client'], by: 'task_id' },
} as const satisfies LiveRows;
