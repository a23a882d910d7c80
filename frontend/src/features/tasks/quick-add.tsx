'use client';

import { CornerDownLeft, Plus } from 'lucide-react';
import { type FormEvent, type Ref, useImperativeHandle, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Kbd } from '@/components/ui/kbd';
import { createTask } from '@/entities/tasks/api';
import { newIdempotencyKey } from '@/lib/api/client';
import { messageOf } from '@/lib/api/errors';
import { NewTaskLimits } from '@/lib/api/generated/limits';

export type QuickAddHandle = { focus: () => void };

type QuickAddProps = {
  clientId: string | null;
  projectId: string | null;
  labelIds: string[];
  ref: Ref<QuickAddHandle>;
};

/** A title and Enter make a task, for the client, project and labels that the list is filtered by. */
export function QuickAdd({ clientId, projectId, labelIds, ref }: QuickAddProps) {
  const [title, setTitle] = useState('');
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const key = useRef<string>(undefined);
  useImperativeHandle(ref, () => ({ focus: () => input.current?.focus() }), []);

  const add = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = title.trim();
    if (!wanted || isBusy) return;
    setBusy(true);
    setFailure(null);
    key.current ??= newIdempotencyKey();
    try {
      const filtered = { client_id: clientId, project_id: projectId, label_ids: labelIds };
      await createTask({ title: wanted, ...filtered }, key.current);
      setTitle('');
    } catch (error) {
      setFailure(messageOf(error));
    } finally {
      setBusy(false);
      input.current?.focus();
    }
  };

  const write = (next: string) => {
    // Another title is another intention.
    key.current = undefined;
    setTitle(next);
  };

  return (
    <form onSubmit={add} className="border-b">
      <div className="flex h-13 items-center gap-3 px-4 focus-within:bg-hover sm:px-6">
        <Plus aria-hidden className="size-4.5 shrink-0 text-ink-faint" />
        <input
          ref={input}
          dir="auto"
          value={title}
          maxLength={NewTaskLimits.title.maxLength}
          onChange={(event) => write(event.target.value)}
          aria-label="New task"
          aria-keyshortcuts="C"
          aria-invalid={failure !== null}
          aria-describedby={failure ? 'quick-add-failure' : undefined}
          placeholder="Add a task"
          className="h-full min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-faint"
        />
        {!title && <Kbd keys={['c']} className="max-md:hidden" />}
        {title.trim() && (
          <Button type="submit" size="sm" variant="primary" isBusy={isBusy}>
            Add task
            <CornerDownLeft aria-hidden className="size-3.5" />
          </Button>
        )}
      </div>
      {failure && (
        <p id="quick-add-failure" role="alert" className="px-4 pb-2 text-danger text-xs sm:px-6">
          {failure}
        </p>
      )}
    </form>
  );
}
