'use client';

import useSWR from 'swr';
import { invalidateResources, optimistically, patchCache } from '@/lib/api/cache';
import { unwrap } from '@/lib/api/client';
import { fetchAtLeast } from '@/lib/api/cursor-list';
import { api } from '@/lib/api/member';
import { serialise } from '@/lib/api/serialise';
import type { Page, Schemas } from '@/lib/api/types';

export type Label = Schemas['Label'];
export type TaskLabel = Schemas['TaskLabel'];
export type LabelColor = Label['color'];
export type LabelChanges = Schemas['LabelChanges'];

declare module '@/lib/api/cache' {
  interface Resources {
    labels: Page<Label>;
  }
}

const BASE = '/api/v1/labels';
/** All of them: a picker finds a label by its name, wherever it stands. */
const MANY = 1000;

function fetchLabels(cursor: string | null, limit: number): Promise<Page<Label>> {
  return unwrap(api.GET(BASE, { params: { query: { limit, ...(cursor && { cursor }) } } }));
}

export function useLabels() {
  const { data, error, mutate } = useSWR<Page<Label>>(['labels'], () => fetchAtLeast(fetchLabels, MANY));
  return { labels: data?.items, error: data ? undefined : error, retry: () => void mutate() };
}

async function showingIn<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } finally {
    void invalidateResources('labels', 'tasks', 'task', 'today');
  }
}

export function createLabel(name: string, color: LabelColor, idempotencyKey: string): Promise<Label> {
  const header = { 'Idempotency-Key': idempotencyKey };
  return showingIn(unwrap(api.POST(BASE, { body: { name, color }, params: { header } })));
}

/** Puts what the server answered into the list, its version above all: the next change needs it. */
function keep(answer: Label): Label {
  const items = (page: Page<Label>) => page.items.map((each) => (each.id === answer.id ? answer : each));
  patchCache({ labels: (page) => ({ ...page, items: items(page) }) });
  return answer;
}

function at(id: string, version: number) {
  return { path: { id }, header: { 'If-Match': `"${version}"` } };
}

export function updateLabel(label: Label, changes: LabelChanges): Promise<Label> {
  const patch = (version: number) =>
    unwrap(api.PATCH(`${BASE}/{id}`, { params: at(label.id, version), body: changes }));
  return showingIn(serialise(label, async (version) => keep(await patch(version))));
}

export function deleteLabel(label: Label): Promise<Label> {
  const others = (page: Page<Label>) => ({
    ...page,
    items: page.items.filter(({ id }) => id !== label.id),
  });
  const remove = async (version: number) => {
    await unwrap(api.DELETE(`${BASE}/{id}`, { params: at(label.id, version) }));
    return { ...label, version: version + 1 };
  };
  return showingIn(optimistically({ labels: others }, () => serialise(label, remove)));
}

/** Takes a deletion back. */
export function restoreLabel(id: string): Promise<Label> {
  return showingIn(unwrap(api.POST(`${BASE}/{id}/restore`, { params: { path: { id } } })));
}
