import type { LiveRows } from '@/lib/live/events';

const TASK_EVENTS = [
  'task_created',
  'task_updated',
  'task_completed',
  'task_deleted',
  'task_restored',
  'client_updated',
] as const;

export const taskRows = {
  tasks: { on: TASK_EVENTS },
  task: { on: TASK_EVENTS, by: 'task_id' },
} as const satisfies LiveRows;
