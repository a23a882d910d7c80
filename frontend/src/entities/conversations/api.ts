'use client';

import { unwrap } from '@/lib/api/client';
import { type CursorList, type FetchPage, useCursorList } from '@/lib/api/cursor-list';
import { api } from '@/lib/api/member';
import type { Conversation } from './types';

const BASE = '/api/v1/conversations';

const fetchConversations =
  (clientId: string | null): FetchPage<Conversation> =>
  (cursor, limit) =>
    unwrap(
      api.GET(BASE, {
        params: { query: { limit, ...(cursor && { cursor }), ...(clientId && { client_id: clientId }) } },
      }),
    );

/** Newest activity first. */
export function useConversations(clientId: string | null = null): CursorList<Conversation> {
  return useCursorList(['conversations', clientId], fetchConversations(clientId));
}
