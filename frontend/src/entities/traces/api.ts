'use client';

import useSWR from 'swr';
import { unwrap } from '@/lib/api/client';
import { type CursorList, useCursorList } from '@/lib/api/cursor-list';
import { type Listed, listed } from '@/lib/api/listed';
import { api } from '@/lib/api/member';
import type { Trace, TraceSummary } from './types';

const BASE = '/api/v1/ops/traces';

export type TraceFilter = { id: string | null; errors: boolean; minMs: number | null };

export function useTraces({ id, errors, minMs }: TraceFilter): CursorList<Listed<TraceSummary>> {
  const filter = { ...(id && { id }), ...(errors && { errors }), ...(minMs && { min_ms: minMs }) };
  const fetchPage = listed<TraceSummary>(
    (query) => unwrap(api.GET(BASE, { params: { query: { ...filter, ...query } } })),
    ({ trace_id }) => trace_id,
  );
  return useCursorList(['traces', id, errors, minMs], fetchPage);
}

export function useTrace(id: string) {
  return useSWR<Trace>(['trace', id], () => unwrap(api.GET(`${BASE}/{id}`, { params: { path: { id } } })));
}
