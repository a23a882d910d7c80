'use client';

import useSWR from 'swr';
import { invalidateResources } from '@/lib/api/cache';
import { unwrap } from '@/lib/api/client';
import { type CursorList, useCursorList } from '@/lib/api/cursor-list';
import { type Listed, listed } from '@/lib/api/listed';
import { api } from '@/lib/api/member';
import type { DeadLetter, DeadLetterContent, DeadLetterGroup } from './types';

const BASE = '/api/v1/ops/dead-letters';

export function groupKey({ queue, type, reason }: DeadLetterGroup): string {
  return JSON.stringify([queue, type, reason]);
}

export function useDeadLetterGroups(): CursorList<Listed<DeadLetterGroup>> {
  const fetchPage = listed<DeadLetterGroup>(
    (query) => unwrap(api.GET(BASE, { params: { query } })),
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
        api.GET(`${BASE}/{id}`, {
          params: { path: { id: queue }, query: { ...groupFilter(group), ...query } },
        }),
      ),
    ({ message_id }) => message_id,
  );
  return useCursorList(['dead-letters', groupKey(group)], fetchPage);
}

export function useDeadLetter(queue: string, id: string) {
  return useSWR<DeadLetterContent>(['dead-letter', queue, id], () =>
    unwrap(api.GET(`${BASE}/{queue}/{letter_id}`, { params: { path: { queue, letter_id: id } } })),
  );
}

/** How many were dealt with, and how many were not in the time that a request has. */
export type Progress = { done: number; remaining: number };

/** Sends the group's messages back to where they failed. */
export async function redrive(group: DeadLetterGroup): Promise<Progress> {
  const params = { path: { id: group.queue } };
  try {
    const body = groupFilter(group);
    const answer = await unwrap(api.POST(`${BASE}/{id}/redrive`, { params, body }));
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
    const answer = await unwrap(api.POST(`${BASE}/{id}/discard`, { params, body }));
    return { done: answer.discarded, remaining: answer.remaining };
  } finally {
    await invalidateResources('dead-letters', 'queues', 'ops-audit');
  }
}
