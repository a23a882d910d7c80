import type { LiveRows } from '@/lib/live/events';

export const clientRows = {
  clients: { on: ['client_created', 'client_updated', 'message_received', 'message_sent'] },
  client: { on: ['client_created', 'client_updated', 'message_received', 'message_sent'], by: 'client_id' },
} as const satisfies LiveRows;
