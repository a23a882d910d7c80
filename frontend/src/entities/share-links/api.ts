'use client';

import { invalidateResources } from '@/lib/api/cache';
import { unwrap } from '@/lib/api/client';
import { type CursorList, type FetchPage, useCursorList } from '@/lib/api/cursor-list';
import { api } from '@/lib/api/member';
import type { ShareLink, ShareLinkCreated } from './types';

const BASE = '/api/v1/clients/{id}/share-links';

const fetchShareLinks =
  (clientId: string): FetchPage<ShareLink> =>
  (cursor, limit) =>
    unwrap(
      api.GET(BASE, {
        params: { path: { id: clientId }, query: { limit, ...(cursor && { cursor }) } },
      }),
    );

export function useShareLinks(clientId: string): CursorList<ShareLink> {
  return useCursorList(['share-links', clientId], fetchShareLinks(clientId));
}

/** `expiresAt` is within a year. The answer alone holds the address. */
export async function createShareLink(
  clientId: string,
  expiresAt: string,
  idempotencyKey: string,
): Promise<ShareLinkCreated> {
  const params = { path: { id: clientId }, header: { 'Idempotency-Key': idempotencyKey } };
  const link = await unwrap(api.POST(BASE, { params, body: { expires_at: expiresAt } }));
  await invalidateResources('share-links');
  return link;
}

export async function revokeShareLink(id: string): Promise<void> {
  await unwrap(api.DELETE('/api/v1/share-links/{id}', { params: { path: { id } }, keepalive: true }));
  await invalidateResources('share-links');
}
