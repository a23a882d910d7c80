import type { LiveRows } from '@/lib/live/events';

/** A label counts its open tasks. */
export const labelRows = {
  labels: { on: ['label', 'task'] },
} as const satisfies LiveRows;
