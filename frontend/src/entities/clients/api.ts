'use client';

import useSWR from 'swr';
import { invalidateResources } from '@/lib/api/cache';
import { unwrap } from '@/lib/api/client';
import { type CursorList, type FetchPage, useCursorList } from '@/lib/api/cursor-list';
import { api } from '@/lib/api/member';
import type { Client } from './types';

const BASE = '/api/v1/clients';

const fetchClients =
  (q: string): FetchPage<Client> =>
  (cursor, limit) =>
    unwrap(api.GET(BASE, { params: { query: { limit, ...(cursor && { cursor }), ...(q && { q }) } } }));

export function useClients(q = ''): CursorList<Client> {
  return useCursorList(['clients', q], fetchClients(q));
}

/** One client; nothing for null. */
export function useClient(id: string | null) {
  return useSWR<Client>(id === null ? null : ['client', id], () => fetchClient(id ?? ''));
}

function fetchClient(id: string): Promise<Client> {
  return unwrap(api.GET(`${BASE}/{id}`, { params: { path: { id } } }));
}

export async function createClient(
  input: { name: string; notes?: string },
  idempotencyKey: string,
): Promise<Client> {
  const header = { 'Idempotency-Key': idempotencyKey };
  const client = await unwrap(api.POST(BASE, { body: input, params: { header } }));
  await invalidateResources('clients');
  return client;
}

export async function updateClient(
  client: Client,
  changes: { name?: string; notes?: string },
): Promise<Client> {
  const params = { path: { id: client.id }, header: { 'If-Match': `"${client.version}"` } };
  try {
    return await unwrap(api.PATCH(`${BASE}/{id}`, { params, body: changes }));
  } finally {
    await invalidateResources('clients', 'client', 'conversations');
  }
}
