'use client';

import { CheckCircle2 } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useEffect, useMemo, useRef } from 'react';
import { EmptyState } from '@/components/patterns/empty-state';
import { ErrorState } from '@/components/patterns/error-state';
import { LoadMore } from '@/components/patterns/load-more';
import { Page } from '@/components/patterns/page';
import { ListSkeleton } from '@/components/patterns/skeleton';
import { Button } from '@/components/ui/button';
import { toggle } from '@/entities/tasks/actions';
import { type TaskFilter, useTasks } from '@/entities/tasks/api';
import type { Task } from '@/entities/tasks/types';
import { TaskRow } from '@/entities/tasks/ui/task-row';
import type { CursorList } from '@/lib/api/cursor-list';
import { useMember } from '@/lib/auth/use-session';
import { type Command, useCommands } from '@/lib/commands/commands';
import { changedQuery, useQuery } from '@/lib/url';
import { focusedItem, useListKeys } from '@/lib/use-list-keys';
import { isNarrowed, TaskFilters } from './filters';
import { QuickAdd, type QuickAddHandle } from './quick-add';

const TaskSheet = dynamic(() => import('./task-sheet').then((module) => module.TaskSheet), { ssr: false });

function readFilter(params: URLSearchParams): TaskFilter {
  const status = params.get('status');
  return {
    status: status === 'all' ? null : status === 'completed' ? 'completed' : 'open',
    clientId: params.get('client'),
    projectId: params.get('project'),
    labelIds: params.get('label')?.split(',') ?? [],
  };
}

function NoTasks({ filter, onAdd }: { filter: TaskFilter; onAdd: () => void }) {
  if (isNarrowed(filter)) {
    return (
      <EmptyState icon={<CheckCircle2 />} title="No tasks here">
        Nothing matches these filters.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<CheckCircle2 />}
      title="No open tasks"
      action={
        <Button variant="primary" onClick={onAdd}>
          Write one down
        </Button>
      }
    >
      Add one here, or accept a suggestion from a client’s message.
    </EmptyState>
  );
}

type TaskListProps = { list: CursorList<Task>; filter: TaskFilter; onAdd: () => void };

function TaskList({ list, filter, onAdd }: TaskListProps) {
  const { workspace } = useMember();
  const [params] = useQuery();
  const listRef = useListKeys<HTMLUListElement>('task');
  const tasks = list.items;

  const commands = useMemo<Command[]>(
    () => [
      {
        id: 'task.toggle',
        title: 'Complete or reopen the focused task',
        group: 'On this page',
        keys: ['e'],
        keyOnly: true,
        run: () => {
          const id = focusedItem();
          const task = list.items?.find((each) => each.id === id);
          if (task) toggle(task);
        },
      },
    ],
    [list.items],
  );
  useCommands(commands);

  if (!tasks && list.error)
    return <ErrorState title="Tasks did not load" error={list.error} onRetry={list.retry} />;
  if (!tasks) return <ListSkeleton label="Loading tasks" rows={8} />;
  if (tasks.length === 0) return <NoTasks filter={filter} onAdd={onAdd} />;
  return (
    <>
      <ul ref={listRef} aria-label="Tasks" className="divide-y divide-line">
        {tasks.map((task) => (
          <TaskRow
            key={task.id}
            task={task}
            zone={workspace.timezone}
            href={`/tasks${changedQuery(params, { task: task.id })}`}
            isActive={params.get('task') === task.id}
          />
        ))}
      </ul>
      <LoadMore {...list} label="Show more tasks" />
    </>
  );
}

export function TasksView() {
  const [params, change] = useQuery();
  const filter = readFilter(params);
  const list = useTasks(filter);
  const quickAdd = useRef<QuickAddHandle>(null);
  const openTask = params.get('task');
  const wantsNew = params.get('new') === '1';
  const focusQuickAdd = () => quickAdd.current?.focus();

  useEffect(() => {
    if (!wantsNew) return;
    quickAdd.current?.focus();
    change({ new: null }, 'replace');
  }, [wantsNew, change]);

  return (
    <Page title="Tasks">
      <QuickAdd
        ref={quickAdd}
        clientId={filter.clientId}
        projectId={filter.projectId}
        labelIds={[...filter.labelIds]}
      />
      <TaskFilters filter={filter} onChange={change} />
      <TaskList list={list} filter={filter} onAdd={focusQuickAdd} />
      {openTask && <TaskSheet key={openTask} id={openTask} onClose={() => change({ task: null })} />}
    </Page>
  );
}
