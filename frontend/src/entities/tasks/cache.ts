import { patchTodayTasks } from '@/entities/today/cache';
import type { Patches } from '@/lib/api/cache';
import type { Page } from '@/lib/api/types';
import type { Task } from './types';

declare module '@/lib/api/cache' {
  interface Resources {
    tasks: Page<Task>;
    task: Task;
  }
}

/** A task changed: wherever it is cached it shows the change. */
export function changed(id: string, change: (task: Task) => Task): Patches {
  const each = (tasks: Task[]) => tasks.map((task) => (task.id === id ? change(task) : task));
  return {
    tasks: (page) => ({ ...page, items: each(page.items) }),
    task: (task) => (task.id === id ? change(task) : task),
    ...patchTodayTasks(each),
  };
}

/** A task was deleted: it leaves every list. */
export function without(id: string): Patches {
  const others = (tasks: Task[]) => tasks.filter((task) => task.id !== id);
  return { tasks: (page) => ({ ...page, items: others(page.items) }), ...patchTodayTasks(others) };
}
