'use client';

import { Trash2 } from 'lucide-react';
import { ErrorState } from '@/components/patterns/error-state';
import { DetailSkeleton } from '@/components/patterns/skeleton';
import { IconButton } from '@/components/ui/button';
import { Sheet } from '@/components/ui/sheet';
import { Spinner } from '@/components/ui/spinner';
import { remove } from '@/entities/tasks/actions';
import { useTask } from '@/entities/tasks/api';
import { TaskDetails } from './task-details';

function BeingCreated() {
  return (
    <div role="status" className="flex flex-col items-center gap-3 py-16 text-center">
      <Spinner />
      <p className="text-ink-muted text-sm">This task is being created…</p>
    </div>
  );
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
      {answer.state === 'loading' && <DetailSkeleton label="Loading the task" />}
      {answer.state === 'being-created' && <BeingCreated />}
      {answer.state === 'failed' && (
        <ErrorState title="The task did not load" error={answer.error} onRetry={answer.retry} />
      )}
      {answer.state === 'ready' && <TaskDetails task={answer.task} />}
    </Sheet>
  );
}
