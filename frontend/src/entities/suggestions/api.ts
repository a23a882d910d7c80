'use client';

import { invalidateResources, optimistically } from '@/lib/api/cache';
import { unwrap } from '@/lib/api/client';
import { type CursorList, type FetchPage, useCursorList } from '@/lib/api/cursor-list';
import { api } from '@/lib/api/member';
import { decided } from './cache';
import type { Suggestion, SuggestionFields } from './types';

const BASE = '/api/v1/suggestions';

const fetchForConversation =
  (conversationId: string): FetchPage<Suggestion> =>
  (cursor, limit) =>
    unwrap(
      api.GET(BASE, {
        params: { query: { conversation_id: conversationId, limit, ...(cursor && { cursor }) } },
      }),
    );

/** Pending, accepted and dismissed ones: the accepted ones say which messages became tasks. */
export function useConversationSuggestions(conversationId: string): CursorList<Suggestion> {
  return useCursorList(['suggestions', conversationId], fetchForConversation(conversationId));
}

/** Answers with the id of the task, which exists a moment later. */
export async function acceptSuggestion(id: string, fields?: Partial<SuggestionFields>): Promise<string> {
  const answer = await optimistically(decided(id, 'accepted'), () =>
    unwrap(api.POST(`${BASE}/{id}/accept`, { params: { path: { id } }, body: fields ? { fields } : {} })),
  );
  void invalidateResources('suggestions', 'today', 'tasks');
  return answer.task_id;
}

export async function dismissSuggestion(id: string): Promise<void> {
  await optimistically(decided(id, 'dismissed'), () =>
    unwrap(api.POST(`${BASE}/{id}/dismiss`, { params: { path: { id } } })),
  );
  void invalidateResources('suggestions', 'today');
}

/** Takes a dismissal back. */
export async function restoreSuggestion(id: string): Promise<void> {
  await unwrap(api.POST(`${BASE}/{id}/restore`, { params: { path: { id } } }));
  await invalidateResources('suggestions', 'today');
}
