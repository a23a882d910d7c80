import type { LiveRows } from '@/lib/live/events';

export const projectRows = {
  projects: { on: ['project'] },
} as const satisfies LiveRows;
