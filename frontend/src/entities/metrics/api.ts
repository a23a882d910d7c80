'use client';

import useSWR from 'swr';
import { unwrap } from '@/lib/api/client';
import { api } from '@/lib/api/member';
import { REFRESH_MS } from '@/lib/api/refresh';
import type { Metric } from './types';

export function useMetrics() {
  const fetchAll = async () => (await unwrap(api.GET('/api/v1/ops/metrics'))).items;
  return useSWR<Metric[]>(['metrics'], fetchAll, { refreshInterval: REFRESH_MS });
}
