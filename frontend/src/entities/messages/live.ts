import type { LiveRows } from '@/lib/live/events';

export const messageRows = {
  messages: { on: ['conversation'], by: 'conversation_id' },
} as const satisfies LiveRows;
