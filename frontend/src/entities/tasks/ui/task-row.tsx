'use client';

import { MessageSquareText } from 'lucide-react';
import Link from 'next/link';
import { DueDate } from '@/components/patterns/due-date';
import { CheckButton } from '@/components/ui/check-button';
import { LabelChips } from '@/entities/labels/ui/label-chip';
import { toggle } from '@/entities/tasks/actions';
import type { Task } from '@/entities/tasks/types';
import { cn } from '@/lib/cn';
import { PriorityIcon } from './priority-icon';

type TaskRowProps = { task: Task; zone: string; href: string; isActive?: boolean };

/** One line of a list of tasks. All of it leads to the task, except the box. */
export function TaskRow({ task, zone, href, isActive = false }: TaskRowProps) {
  const isDone = task.status === 'completed';
  return (
    <li
      data-list-item={task.id}
      className={cn(
        'relative flex min-h-11 items-center gap-3 px-4 py-2 transition-colors hover:bg-hover sm:px-6',
        isActive && 'bg-hover',
      )}
    >
      <CheckButton
        label={isDone ? `Reopen ${task.title}` : `Complete ${task.title}`}
        isDone={isDone}
        onClick={() => toggle(task)}
      />
      <Link
        href={href}
        scroll={false}
        data-list-link
        dir="auto"
        className={cn(
          'min-w-0 flex-1 outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent sm:truncate',
          isDone && 'text-ink-muted line-through decoration-line-strong',
        )}
      >
        {task.title}
      </Link>
      <span className="flex shrink-0 items-center gap-3">
        {task.source && (
          <span title="From a message" className="text-ink-faint max-sm:hidden">
            <MessageSquareText aria-hidden className="size-3.5" />
            <span className="sr-only">from a message</span>
          </span>
        )}
        <LabelChips labels={task.labels} isCompact />
        <PriorityIcon priority={task.priority} />
        {task.client_name && (
          <span dir="auto" className="max-w-36 truncate text-ink-muted text-xs max-md:hidden">
            {task.client_name}
          </span>
        )}
        {task.due_at && <DueDate dueAt={task.due_at} zone={zone} isDone={isDone} />}
      </span>
    </li>
  );
}
