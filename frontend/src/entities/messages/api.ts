'use client';

import { invalidate, invalidateResources } from '@/lib/api/cache';
import { unwrap } from '@/lib/api/client';
import { type CursorList, type FetchPage, useCursorList } from '@/lib/api/cursor-list';
import { api } from '@/lib/api/member';
import type { Message } from './types';

const BASE = '/api/v1/conversations/{id}/messages';

const fetchMessages =
  (conversationId: string): FetchPage<Message> =>
  (cursor, limit) =>
    unwrap(
      api.GET(BASE, {
        params: { path: { id: conversationId }, query: { limit, ...(cursor && { cursor }) } },
      }),
    );

/** Newest first, as the API has them. */
export function useMessages(conversationId: string): CursorList<Message> {
  return useCursorList(['messages', conversationId], fetchMessages(conversationId), { appendOnly: true });
}

export async function sendMessage(
  conversationId: string,
  body: string,
  idempotencyKey: string,
): Promise<Message> {
  const params = { path: { id: conversationId }, header: { 'Idempotency-Key': idempotencyKey } };
  const message = await unwrap(api.POST(BASE, { params, body: { body } }));
  await invalidate(([resource, id]) => resource === 'messages' && id === conversationId);
  void invalidateResources('conversations', 'today');
  return message;
}
