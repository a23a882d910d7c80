import { isNotFound, messageOf } from '@/lib/api/errors';
import { toast } from '@/lib/toast';
import { completeTask, deleteTask, overwriteTask, reopenTask, restoreTask } from './api';
import type { Task, TaskChanges } from './types';

export function sayWhy(error: unknown): void {
  const text = isNotFound(error) ? 'This task was deleted elsewhere.' : messageOf(error);
  toast({ text, tone: 'danger' });
}

export async function complete(task: Task): Promise<void> {
  try {
    const completed = await completeTask(task);
    toast({ text: 'Task completed', action: { label: 'Undo', run: () => void reopen(completed) } });
  } catch (error) {
    sayWhy(error);
  }
}

export async function reopen(task: Task): Promise<void> {
  await reopenTask(task).catch(sayWhy);
}

export function toggle(task: Task): void {
  void (task.status === 'completed' ? reopen(task) : complete(task));
}

/** Saves changes that were refused because the task had changed elsewhere. */
export function overwrite(id: string, changes: TaskChanges): void {
  void overwriteTask(id, changes).catch(sayWhy);
}

export async function restore(id: string): Promise<void> {
  await restoreTask(id).catch(sayWhy);
}

export async function remove(task: Task): Promise<void> {
  try {
    await deleteTask(task);
    toast({ text: 'Task deleted', action: { label: 'Undo', run: () => void restore(task.id) } });
  } catch (error) {
    sayWhy(error);
  }
}
