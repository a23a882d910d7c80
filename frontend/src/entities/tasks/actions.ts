import { messageOf } from '@/lib/api/errors';
import { toast } from '@/lib/toast';
import { completeTask, deleteTask, reopenTask, restoreTask } from './api';
import type { Task } from './types';

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

export async function remove(task: Task): Promise<void> {
  try {
    await deleteTask(task);
    const undo = () => void restoreTask(task.id).catch(sayWhy);
    toast({ text: 'Task deleted', action: { label: 'Undo', run: undo } });
  } catch (error) {
    sayWhy(error);
  }
}
