'use client';

import { unwrap } from '@/lib/api/client';
import { type CursorList, type FetchPage, useCursorList } from '@/lib/api/cursor-list';
import { api } from '@/lib/api/member';
import type { OpsAction } from './types';

const fetchAudit: FetchPage<OpsAction> = (cursor, limit) =>
  unwrap(api.GET('/api/v1/ops/audit', { params: { query: { limit, ...(cursor && { cursor }) } } }));

export function useOpsAudit(): CursorList<OpsAction> {
  return useCursorList(['ops-audit'], fetchAudit);
}
