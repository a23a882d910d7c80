'use client';

import { SearchX, Trash2 } from 'lucide-react';
import { EmptyState } from '@/components/patterns/empty-state';
import { ErrorState } from '@/components/patterns/error-state';
import { DetailSkeleton } from '@/components/patterns/skeleton';
import { Button, IconButton } from '@/components/ui/button';
import { Sheet } from '@/components/ui/sheet';
import { Spinner } from '@/components/ui/spinner';
import { remove } from '@/entities/tasks/actions';
import { type TaskAnswer, useTask } from '@/entities/tasks/use-task';
import { TaskDetails } from './task-details';

function BeingCreated() {
  return (
    <div role="status" className="flex flex-col items-center gap-3 py-16 text-center">
      <Spinner />
      <p className="text-ink-muted text-sm">This task is being created…</p>
    </div>
  );
}

function Missing({ onClose }: { onClose: () => void }) {
  return (
    <EmptyState
      icon={<SearchX />}
      title="There is no such task"
      action={<Button onClick={onClose}>Close</Button>}
    >
      It was deleted, or the link to it is not complete.
    </EmptyState>
  );
}

function Content({ answer, onClose }: { answer: TaskAnswer; onClose: () => void }) {
  if (answer.state === 'ready' || answer.state === 'deleted')
    return <TaskDetails task={answer.task} isDeleted={answer.state === 'deleted'} />;
  if (answer.state === 'failed')
    return <ErrorState title="The task did not load" error={answer.error} onRetry={answer.retry} />;
  if (answer.state === 'missing') return <Missing onClose={onClose} />;
  return answer.state === 'being-created' ? <BeingCreated /> : <DetailSkeleton label="Loading the task" />;
}

type TaskSheetProps = { id: string; onClose: () => void };

/** One task over the list it is in. */
export function TaskSheet({ id, onClose }: TaskSheetProps) {
  const answer = useTask(id);
  const deleteAndClose = () => {
    if (answer.state !== 'ready') return;
    void remove(answer.task);
    onClose();
  };
  return (
    <Sheet
      title="Task"
      onClose={onClose}
      actions={
        answer.state === 'ready' && (
          <IconButton label="Delete task" onClick={deleteAndClose}>
            <Trash2 aria-hidden className="size-4" />
          </IconButton>
        )
      }
    >
      <Content answer={answer} onClose={onClose} />
    </Sheet>
  );
}
