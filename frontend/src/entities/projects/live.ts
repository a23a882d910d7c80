import type { LiveRows } from '@/lib/live/events';

export const projectRows = {
  projects: { on: ['project_created'] },
} as const satisfies LiveRows;
