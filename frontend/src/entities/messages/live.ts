import type { LiveRows } from '@/lib/live/events';

export const messageRows = {
  messages: { on: ['message_received', 'message_sent'], by: 'conversation_id' },
} as const satisfies LiveRows;
