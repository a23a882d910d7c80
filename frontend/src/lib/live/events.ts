import type { Resource } from '@/lib/api/cache';

/** What the stream may say happened. */
export type LiveType =
  | 'message_received'
  | 'message_sent'
  | 'conversation_updated'
  | 'suggestion_created'
  | 'suggestion_accepted'
  | 'suggestion_dismissed'
  | 'suggestion_restored'
  | 'task_created'
  | 'task_updated'
  | 'task_completed'
  | 'task_deleted'
  | 'task_restored'
  | 'client_created'
  | 'client_updated'
  | 'share_link_created'
  | 'share_link_revoked'
  | 'project_created';

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

/** Which events make what is cached of a resource stale. */
export type LiveRow = {
  on: readonly LiveType[];
  /** The event's id that stands second in the key: what is cached of other things stays as it is. */
  by?: SubjectId;
};

export type LiveRows = { readonly [R in Resource]?: LiveRow };
