'use client';

import useSWR from 'swr';
import { unwrap } from '@/lib/api/client';
import { api } from '@/lib/api/member';
import { REFRESH_MS } from '@/lib/api/refresh';
import type { Queue } from './types';

export function useQueues() {
  const fetchAll = async () => (await unwrap(api.GET('/api/v1/ops/queues'))).items;
  return useSWR<Queue[]>(['queues'], fetchAll, { refreshInterval: REFRESH_MS });
}
