'use client';

import { useEffect, useState } from 'react';
import useSWR from 'swr';
import { isNotFound, isWorthRetrying } from '@/lib/api/errors';
import { madeAt } from '@/lib/uuid';
import { fetchTask } from './api';
import type { Task } from './types';

/** How long a task that was just accepted is waited for. */
const CREATION_MS = 20_000;
const CREATION_RETRY_MS = 700;
const RETRY_MS = 5000;
/** An older id is of a task that existed once. The clocks of browser and server may differ by minutes. */
const RECENT_MS = 5 * 60_000;

export type TaskAnswer =
  | { state: 'loading' | 'being-created' | 'missing' }
  /** `deleted`: as it was when it was last seen. */
  | { state: 'ready' | 'deleted'; task: Task }
  | { state: 'failed'; error: unknown; retry: () => void };

/** Whether a task that is not there may still come into being; false after a while in any case. */
function useMayBeOnItsWay(id: string): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), CREATION_MS);
    return () => clearTimeout(timer);
  }, []);
  return !isLate && Math.abs(Date.now() - madeAt(id)) < RECENT_MS;
}

/** One task. A decision for a suggestion names its task before it exists: until then it is `being-created`. */
export function useTask(id: string): TaskAnswer {
  const mayBeOnItsWay = useMayBeOnItsWay(id);
  const { data, error, mutate } = useSWR<Task>(['task', id], () => fetchTask(id), {
    onErrorRetry: (cause, _key, _config, revalidate, { retryCount }) => {
      const again = (ms: number) => setTimeout(() => revalidate({ retryCount }), ms);
      if (isNotFound(cause) && mayBeOnItsWay) again(CREATION_RETRY_MS);
      else if (isWorthRetrying(cause)) again(RETRY_MS);
    },
  });
  const isGone = isNotFound(error);
  if (data) return { state: isGone ? 'deleted' : 'ready', task: data };
  if (!error) return { state: 'loading' };
  if (isGone) return { state: mayBeOnItsWay ? 'being-created' : 'missing' };
  return { state: 'failed', error, retry: () => void mutate() };
}
