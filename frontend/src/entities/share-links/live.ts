import type { LiveRows } from '@/lib/live/events';

export const shareLinkRows = {
  'share-links': { on: ['share_link_created', 'share_link_revoked'] },
} as const satisfies LiveRows;
