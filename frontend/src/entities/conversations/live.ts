import type { LiveRows } from '@/lib/live/events';

export const conversationRows = {
  conversations: { on: ['conversation', 'client'] },
  conversation: { on: ['conversation', 'client'], by: 'conversation_id' },
} as const satisfies LiveRows;
