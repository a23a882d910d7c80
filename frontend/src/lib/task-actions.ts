import { messageOf } from '@/lib/api/errors';
import { completeTask, deleteTask, reopenTask } from '@/lib/api/resources/tasks';
import type { Task } from '@/lib/api/types';
import { deferWithUndo } from '@/lib/deferred';
import { toast } from '@/lib/toast';

function sayWhy(error: unknown): void {
  toast({ text: messageOf(error), tone: 'danger' });
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

export function remove(task: Task): void {
  deferWithUndo({ id: task.id, done: 'Task deleted', commit: () => deleteTask(task) });
}
