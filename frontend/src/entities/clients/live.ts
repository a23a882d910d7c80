import type { LiveRows } from '@/lib/live/events';

export const clientRows = {
  clients: { on: ['client', 'conversation'] },
  client: { on: ['client', 'conversation'], by: 'client_id' },
} as const satisfies LiveRows;
