import type { LiveRows } from '@/lib/live/events';

export const conversationRows = {
  conversations: { on: ['conversation', 'client'] },
} as const satisfies LiveRows;
