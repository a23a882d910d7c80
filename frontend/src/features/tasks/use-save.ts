'use client';

import { useEffect, useRef, useState } from 'react';
import { overwrite, sayWhy } from '@/entities/tasks/actions';
import { updateTask } from '@/entities/tasks/api';
import type { Task, TaskChanges } from '@/entities/tasks/types';
import { ApiError, isNotFound, isStale } from '@/lib/api/errors';
import { toast } from '@/lib/toast';

type Errors = Readonly<Record<string, string>>;

export type Save = (changes: TaskChanges) => Promise<boolean>;

/** Says that changes were not saved because others had come first, and offers to save them all the same. */
export function offerOverwrite(task: Task, changes: TaskChanges): void {
  toast({
    text: 'Not saved: this task was changed elsewhere.',
    tone: 'danger',
    action: { label: 'Save mine', run: () => overwrite(task.id, changes) },
  });
}

/**
 * Saves fields as they are left, and returns whether that worked. What the server refuses is said at the field; what was
 * changed elsewhere in the meantime is said by the field too, while it is on screen, and that a task is gone by its sheet.
 */
export function useSave(task: Task): [Errors, Save] {
  const [errors, setErrors] = useState<Errors>({});
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);

  const report = (error: unknown, changes: TaskChanges) => {
    if (isStale(error) && !isShown.current) return offerOverwrite(task, changes);
    const isSaidInPlace = isShown.current && (isNotFound(error) || (isStale(error) && isText(changes)));
    if (isSaidInPlace) return;
    if (error instanceof ApiError && Object.keys(error.fields).length > 0) setErrors(error.fields);
    else sayWhy(error);
  };

  const save: Save = async (changes) => {
    setErrors({});
    try {
      await updateTask(task, changes);
      return true;
    } catch (error) {
      report(error, changes);
      return false;
    }
  };
  return [errors, save];
}

function isText(changes: TaskChanges): boolean {
  return 'title' in changes || 'description' in changes;
}
