'use client';

import useSWR from 'swr';
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

function fetchConversation(id: string): Promise<Conversation> {
  return unwrap(api.GET(`${BASE}/{id}`, { params: { path: { id } } }));
}

/** One conversation; it is asked for only when the list, as far as it is loaded, does not have it. */
export function useConversation(id: string): Conversation | undefined {
  const { items, error } = useConversations();
  const listed = items?.find((each) => each.id === id);
  const isBeyond = !listed && (items !== undefined || error !== undefined);
  const { data } = useSWR<Conversation>(isBeyond ? ['conversation', id] : null, () => fetchConversation(id));
  return listed ?? data;
}
