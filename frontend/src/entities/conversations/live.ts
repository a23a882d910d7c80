import type { LiveRows } from '@/lib/live/events';

export const conversationRows = {
  conversations: { on: ['conversation_updated', 'message_received', 'message_sent', 'client_updated'] },
} as const satisfies LiveRows;
