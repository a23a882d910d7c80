import { type CacheKey, invalidate } from '@/lib/api/cache';
import {
  type Aggregate,
  aggregateOf,
  type LiveEvent,
  type LiveRow,
  type LiveRows,
  RESET,
} from '@/lib/live/events';
import { clientRows } from './clients/live';
import { conversationRows } from './conversations/live';
import { labelRows } from './labels/live';
import { messageRows } from './messages/live';
import { projectRows } from './projects/live';
import { suggestionRows } from './suggestions/live';
import { taskRows } from './tasks/live';
import { todayRows } from './today/live';

const ROWS = {
  ...clientRows,
  ...conversationRows,
  ...labelRows,
  ...messageRows,
  ...projectRows,
  ...suggestionRows,
  ...taskRows,
  ...todayRows,
} as const satisfies LiveRows;

type Handled = (typeof ROWS)[keyof typeof ROWS]['on'][number];
/** What live events are about and no row names: never, which a test asserts of the type. */
export type Unhandled = Exclude<Aggregate, Handled>;

function isAbout(row: LiveRow, id: unknown, { data = {} }: LiveEvent): boolean {
  const subject = row.by && data[row.by];
  return subject === undefined || subject === id;
}

export function isMadeStale([resource, id]: CacheKey, event: LiveEvent): boolean {
  if (event.type === RESET) return true;
  const row = (ROWS as LiveRows)[resource];
  const aggregate = aggregateOf(event.type);
  return (
    row !== undefined && aggregate !== undefined && row.on.includes(aggregate) && isAbout(row, id, event)
  );
}

/** Fetches again what the event makes stale. */
export function invalidateFor(event: LiveEvent): Promise<unknown> {
  return invalidate((key) => isMadeStale(key, event));
}
