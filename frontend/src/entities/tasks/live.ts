import type { LiveRows } from '@/lib/live/events';

export const taskRows = {
  tasks: { on: ['task', 'client', 'label'] },
  task: { on: ['task', 'client', 'label'], by: 'task_id' },
} as const satisfies LiveRows;
