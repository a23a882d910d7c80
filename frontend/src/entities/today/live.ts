import type { LiveRows } from '@/lib/live/events';

/** Today shows a little of everything. */
export const todayRows = {
  today: {
    on: [
      'message_received',
      'message_sent',
      'conversation_updated',
      'suggestion_created',
      'suggestion_accepted',
      'suggestion_dismissed',
      'suggestion_restored',
      'task_created',
      'task_updated',
      'task_completed',
      'task_deleted',
      'task_restored',
      'client_updated',
    ],
  },
} as const satisfies LiveRows;
