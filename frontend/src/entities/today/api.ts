'use client';

import useSWR from 'swr';
import { unwrap } from '@/lib/api/client';
import { api } from '@/lib/api/member';
import type { Today } from './types';

export function useToday() {
  return useSWR<Today>(['today'], () => unwrap(api.GET('/api/v1/today')));
}
