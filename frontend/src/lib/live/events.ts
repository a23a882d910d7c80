import type { Resource } from '@/lib/api/cache';
import { AGGREGATES, type Aggregate, type LiveType } from './generated/live-events';

export type { Aggregate };

/** What the server says instead of a replay when it no longer has what was missed. */
export const RESET = 'reset';

type SubjectId = 'client_id' | 'conversation_id' | 'message_id' | 'suggestion_id' | 'task_id';

/** What /live sends as data. `data` holds the ids the event is about. A newer server may send other types. */
export type LiveEvent = {
  type: LiveType | typeof RESET | (string & {});
  subject?: string;
  time?: string;
  /** The trace that the event belongs to. */
  traceparent?: string;
  data?: Partial<Record<SubjectId, string>>;
};

/** What an event is about; undefined for a type that only a newer server knows. */
export function aggregateOf(type: string): Aggregate | undefined {
  return Object.hasOwn(AGGREGATES, type) ? AGGREGATES[type as LiveType] : undefined;
}

/** Events about these things make what is cached of a resource stale. */
export type LiveRow = {
  on: readonly Aggregate[];
  /** The event's id that stands second in the key: what is cached of other things stays as it is. */
  by?: SubjectId;
};

export type LiveRows = { readonly [R in Resource]?: LiveRow };
