'use client';

import type { TaskLabel } from '@/entities/labels/api';
import { invalidateResources, optimistically, patchCache } from '@/lib/api/cache';
import { unwrap } from '@/lib/api/client';
import { type CursorList, type FetchPage, useCursorList } from '@/lib/api/cursor-list';
import { isStale } from '@/lib/api/errors';
import { api } from '@/lib/api/member';
import { serialise } from '@/lib/api/serialise';
import { changed, without } from './cache';
import type { NewTask, Task, TaskChanges } from './types';

const BASE = '/api/v1/tasks';

export type TaskFilter = {
  status: Task['status'] | null;
  clientId: string | null;
  projectId: string | null;
  labelIds: readonly string[];
};

const fetchTasks =
  ({ status, clientId, projectId, labelIds }: TaskFilter): FetchPage<Task> =>
  (cursor, limit) =>
    unwrap(
      api.GET(BASE, {
        params: {
          query: {
            limit,
            ...(cursor && { cursor }),
            ...(status && { status }),
            ...(clientId && { client_id: clientId }),
            ...(projectId && { project_id: projectId }),
            ...(labelIds.length > 0 && { label_id: [...labelIds] }),
          },
        },
      }),
    );

export function useTasks(filter: TaskFilter): CursorList<Task> {
  return useCursorList(
    ['tasks', filter.status, filter.clientId, filter.projectId, ...filter.labelIds],
    fetchTasks(filter),
  );
}

export async function createTask(input: NewTask, idempotencyKey: string): Promise<Task> {
  const header = { 'Idempotency-Key': idempotencyKey };
  const task = await unwrap(api.POST(BASE, { body: input, params: { header } }));
  await invalidateResources('tasks', 'today');
  return task;
}

/** Puts what the server answered wherever the task is cached, its version above all: the next save needs it. */
function keep(answer: Task): void {
  patchCache(changed(answer.id, () => answer));
}

async function optimisticSave(
  task: Task,
  change: Partial<Task>,
  save: (version: number) => Promise<Task>,
): Promise<Task> {
  try {
    const answer = await optimistically(
      changed(task.id, (current) => ({ ...current, ...change })),
      () => serialise(task, save),
    );
    keep(answer);
    return answer;
  } finally {
    void invalidateResources('tasks', 'task', 'today');
  }
}

export function fetchTask(id: string): Promise<Task> {
  return unwrap(api.GET(`${BASE}/{id}`, { params: { path: { id } } }));
}

function patchTask(id: string, version: number, changes: TaskChanges): Promise<Task> {
  const params = { path: { id }, header: { 'If-Match': `"${version}"` } };
  return unwrap(api.PATCH(`${BASE}/{id}`, { params, body: changes }));
}

/**
 * Changes a task. When it was changed elsewhere in the meantime but not in these fields, no work is lost by
 * saving all the same; when in one of these, it throws ApiError 412.
 */
export function updateTask(task: Task, changes: TaskChanges): Promise<Task> {
  return optimisticSave(task, changes as Partial<Task>, async (version) => {
    try {
      return await patchTask(task.id, version, changes);
    } catch (error) {
      if (!isStale(error)) throw error;
      const current = await fetchTask(task.id);
      keep(current);
      const fields = Object.keys(changes) as (keyof Task & keyof TaskChanges)[];
      if (fields.some((field) => current[field] !== task[field])) throw error;
      return patchTask(task.id, current.version, changes);
    }
  });
}

/** Puts a label on a task, or takes it off. Labels that others set in the meantime stay as they are. */
export function toggleLabel(task: Task, label: TaskLabel): Promise<Task> {
  const isOn = task.labels.some(({ id }) => id === label.id);
  const others = ({ labels }: Task) => labels.filter(({ id }) => id !== label.id);
  const after = (current: Task) => (isOn ? others(current) : [...others(current), label]);
  const ids = (current: Task) => ({ label_ids: after(current).map(({ id }) => id) });
  return optimisticSave(task, { labels: after(task) }, async (version) => {
    try {
      return await patchTask(task.id, version, ids(task));
    } catch (error) {
      if (!isStale(error)) throw error;
      const current = await fetchTask(task.id);
      return patchTask(task.id, current.version, ids(current));
    }
  });
}

/** Changes a task whatever its version is now. */
export async function overwriteTask(id: string, changes: TaskChanges): Promise<Task> {
  return updateTask(await fetchTask(id), changes);
}

export function completeTask(task: Task): Promise<Task> {
  const completed = { status: 'completed', completed_at: new Date().toISOString() } as const;
  return optimisticSave(task, completed, () =>
    unwrap(api.POST(`${BASE}/{id}/complete`, { params: { path: { id: task.id } } })),
  );
}

export function reopenTask(task: Task): Promise<Task> {
  return updateTask({ ...task, completed_at: null }, { status: 'open' });
}

export async function deleteTask(task: Task): Promise<void> {
  const params = { path: { id: task.id }, header: { 'If-Match': `"${task.version}"` } };
  try {
    await optimistically(without(task.id), () => unwrap(api.DELETE(`${BASE}/{id}`, { params })));
  } finally {
    void invalidateResources('tasks', 'today');
  }
}

/** Takes a deletion back. */
export async function restoreTask(id: string): Promise<void> {
  keep(await unwrap(api.POST(`${BASE}/{id}/restore`, { params: { path: { id } } })));
  await invalidateResources('tasks', 'task', 'today');
}
