import type { Task } from '@/entities/tasks/types';
import type { Patches } from '@/lib/api/cache';
import type { Today } from './types';

declare module '@/lib/api/cache' {
  interface Resources {
    today: Today;
  }
}

/** Changes the tasks that Today shows. */
export function patchTodayTasks(change: (tasks: Task[]) => Task[]): Patches {
  return {
    today: (today) => ({
      ...today,
      tasks: { overdue: change(today.tasks.overdue), due_today: change(today.tasks.due_today) },
    }),
  };
}

/** Takes a suggestion off Today, and out of its count when it was shown there. */
export function withoutTodaySuggestion(id: string): Patches {
  return {
    today: (today) => {
      const items = today.suggestions.items.filter((each) => each.id !== id);
      const removed = today.suggestions.items.length - items.length;
      return { ...today, suggestions: { items, count: today.suggestions.count - removed } };
    },
  };
}
