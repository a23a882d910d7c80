import { type CacheKey, invalidate, type Resource } from '@/lib/api/cache';

/** What /live sends as data. `data` holds the ids the event is about. */
export type LiveEvent = {
  type: string;
  subject?: string;
  time?: string;
  /** The trace that the event belongs to. */
  traceparent?: string;
  data?: Partial<
    Record<'client_id' | 'conversation_id' | 'message_id' | 'suggestion_id' | 'task_id', string>
  >;
};

/** What the server says instead of a replay when it no longer has what was missed. */
const RESET = 'reset';

/** Which cached answers a kind of event makes stale. */
const STALE: Record<string, readonly Resource[]> = {
  message_received: ['messages', 'conversations', 'clients', 'client', 'today'],
  message_sent: ['messages', 'conversations', 'clients', 'client', 'today'],
  conversation_updated: ['conversations', 'today'],
  suggestion_created: ['suggestions', 'today'],
  suggestion_accepted: ['suggestions', 'today'],
  suggestion_dismissed: ['suggestions', 'today'],
  suggestion_restored: ['suggestions', 'today'],
  task_created: ['tasks', 'task', 'today'],
  task_updated: ['tasks', 'task', 'today'],
  task_completed: ['tasks', 'task', 'today'],
  task_deleted: ['tasks', 'task', 'today'],
  task_restored: ['tasks', 'task', 'today'],
  client_created: ['clients', 'client'],
  client_updated: ['clients', 'client', 'conversations', 'tasks', 'task', 'today'],
  share_link_created: ['share-links'],
  share_link_revoked: ['share-links'],
  project_created: ['projects'],
};

/** Keys of one thing carry its id in second place; those of other things stay as they are. */
function isAbout(key: CacheKey, { data = {} }: LiveEvent): boolean {
  const [resource, id] = key;
  const ids = { messages: data.conversation_id, task: data.task_id, client: data.client_id };
  const subject = resource in ids ? ids[resource as keyof typeof ids] : undefined;
  return subject === undefined || subject === id;
}

export function isMadeStale(key: CacheKey, event: LiveEvent): boolean {
  if (event.type === RESET) return true;
  const resources = STALE[event.type];
  return resources?.includes(key[0]) === true && isAbout(key, event);
}

export function invalidateFor(event: LiveEvent): Promise<unknown> {
  return invalidate((key) => isMadeStale(key, event));
}
