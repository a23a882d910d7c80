'use client';

import useSWR from 'swr';
import { invalidateResources } from '@/lib/api/cache';
import { unwrap } from '@/lib/api/client';
import { type CursorList, type FetchPage, useCursorList } from '@/lib/api/cursor-list';
import { api } from '@/lib/api/member';
import type {
  DeadLetter,
  DeadLetterContent,
  DeadLetterGroup,
  Metric,
  OpsAction,
  Queue,
  Trace,
  TraceSummary,
} from '@/lib/api/types';

const BASE = '/api/v1/ops';
/** Numbers of a system at work are looked at again this often while they are on screen. */
const REFRESH_MS = 5000;

export type TraceFilter = { id: string | null; errors: boolean; minMs: number | null };

/** Lists are told apart by `id`; what Ops lists has others. */
type Listed<T> = T & { id: string };

function listed<T>(
  fetchPage: (query: {
    limit: number;
    cursor?: string;
  }) => Promise<{ items: T[]; next_cursor: string | null }>,
  idOf: (item: T) => string,
): FetchPage<Listed<T>> {
  return async (cursor, limit) => {
    const page = await fetchPage({ limit, ...(cursor && { cursor }) });
    return { ...page, items: page.items.map((item) => ({ ...item, id: idOf(item) })) };
  };
}

export function useTraces({ id, errors, minMs }: TraceFilter): CursorList<Listed<TraceSummary>> {
  const filter = { ...(id && { id }), ...(errors && { errors }), ...(minMs && { min_ms: minMs }) };
  const fetchPage = listed<TraceSummary>(
    (query) => unwrap(api.GET(`${BASE}/traces`, { params: { query: { ...filter, ...query } } })),
    ({ trace_id }) => trace_id,
  );
  return useCursorList(['traces', id, errors, minMs], fetchPage);
}

export function useTrace(id: string) {
  return useSWR<Trace>(['trace', id], () =>
    unwrap(api.GET(`${BASE}/traces/{id}`, { params: { path: { id } } })),
  );
}

export function useQueues() {
  const fetchAll = async () => (await unwrap(api.GET(`${BASE}/queues`))).items;
  return useSWR<Queue[]>(['queues'], fetchAll, { refreshInterval: REFRESH_MS });
}

export function useMetrics() {
  const fetchAll = async () => (await unwrap(api.GET(`${BASE}/metrics`))).items;
  return useSWR<Metric[]>(['metrics'], fetchAll, { refreshInterval: REFRESH_MS });
}

export function groupKey({ queue, type, reason }: DeadLetterGroup): string {
  return JSON.stringify([queue, type, reason]);
}

export function useDeadLetterGroups(): CursorList<Listed<DeadLetterGroup>> {
  const fetchPage = listed<DeadLetterGroup>(
    (query) => unwrap(api.GET(`${BASE}/dead-letters`, { params: { query } })),
    groupKey,
  );
  return useCursorList(['dead-letters'], fetchPage);
}

function groupFilter({ type, reason }: DeadLetterGroup) {
  return { reason, ...(type && { type }) };
}

export function useDeadLetters(group: DeadLetterGroup): CursorList<Listed<DeadLetter>> {
  const { queue } = group;
  const fetchPage = listed<DeadLetter>(
    (query) =>
      unwrap(
        api.GET(`${BASE}/dead-letters/{id}`, {
          params: { path: { id: queue }, query: { ...groupFilter(group), ...query } },
        }),
      ),
    ({ message_id }) => message_id,
  );
  return useCursorList(['dead-letters', groupKey(group)], fetchPage);
}

export function useDeadLetter(queue: string, id: string) {
  return useSWR<DeadLetterContent>(['dead-letter', queue, id], () =>
    unwrap(
      api.GET(`${BASE}/dead-letters/{queue}/{letter_id}`, { params: { path: { queue, letter_id: id } } }),
    ),
  );
}

/** How many were dealt with, and how many were not in the time that a request has. */
export type Progress = { done: number; remaining: number };

/** Sends the group's messages back to where they failed. */
export async function redrive(group: DeadLetterGroup): Promise<Progress> {
  const params = { path: { id: group.queue } };
  try {
    const body = groupFilter(group);
    const answer = await unwrap(api.POST(`${BASE}/dead-letters/{id}/redrive`, { params, body }));
    return { done: answer.redriven, remaining: answer.remaining };
  } finally {
    await invalidateResources('dead-letters', 'queues', 'ops-audit');
  }
}

/** Deletes the group's messages for good; `why` is kept with the record of it. */
export async function discard(group: DeadLetterGroup, why: string): Promise<Progress> {
  const params = { path: { id: group.queue } };
  try {
    const body = { ...groupFilter(group), why };
    const answer = await unwrap(api.POST(`${BASE}/dead-letters/{id}/discard`, { params, body }));
    return { done: answer.discarded, remaining: answer.remaining };
  } finally {
    await invalidateResources('dead-letters', 'queues', 'ops-audit');
  }
}

const fetchAudit: FetchPage<OpsAction> = (cursor, limit) =>
  unwrap(api.GET(`${BASE}/audit`, { params: { query: { limit, ...(cursor && { cursor }) } } }));

export function useOpsAudit(): CursorList<OpsAction> {
  return useCursorList(['ops-audit'], fetchAudit);
}
