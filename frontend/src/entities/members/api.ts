'use client';

import useSWR from 'swr';
import { unwrap } from '@/lib/api/client';
import { api } from '@/lib/api/member';
import type { Me } from './types';

/** Whether this installation has Ops and the signed-in member may see it; undefined until that is known. */
export function useHasOps(): boolean | undefined {
  const { data } = useSWR<Me>(['me'], () => unwrap(api.GET('/api/v1/me')), { revalidateOnFocus: false });
  return data?.features.includes('ops');
}
