import { type CacheKey, invalidate } from '@/lib/api/cache';
import { type LiveEvent, type LiveRow, type LiveRows, type LiveType, RESET } from '@/lib/live/events';
import { clientRows } from './clients/live';
import { conversationRows } from './conversations/live';
import { messageRows } from './messages/live';
import { projectRows } from './projects/live';
import { shareLinkRows } from './share-links/live';
import { suggestionRows } from './suggestions/live';
import { taskRows } from './tasks/live';
import { todayRows } from './today/live';

const ROWS = {
  ...clientRows,
  ...conversationRows,
  ...messageRows,
  ...projectRows,
  ...shareLinkRows,
  ...suggestionRows,
  ...taskRows,
  ...todayRows,
} as const satisfies LiveRows;

type Handled = (typeof ROWS)[keyof typeof ROWS]['on'][number];
/** What the stream may say that no row is about: never, which a test asserts of the type. */
export type UnhandledEvent = Exclude<LiveType, Handled>;

function isAbout(row: LiveRow, id: unknown, { data = {} }: LiveEvent): boolean {
  const subject = row.by && data[row.by];
  return subject === undefined || subject === id;
}

export function isMadeStale([resource, id]: CacheKey, event: LiveEvent): boolean {
  if (event.type === RESET) return true;
  const row = (ROWS as LiveRows)[resource];
  return row !== undefined && (row.on as readonly string[]).includes(event.type) && isAbout(row, id, event);
}

/** Fetches again what the event makes stale. */
export function invalidateFor(event: LiveEvent): Promise<unknown> {
  return invalidate((key) => isMadeStale(key, event));
}
