'use client';

import { Check, MessageSquareText, RotateCcw } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import { DueField } from '@/components/patterns/due-field';
import { Button } from '@/components/ui/button';
import { SelectField, TextArea } from '@/components/ui/field';
import { useClients } from '@/entities/clients/api';
import { useHasOps } from '@/entities/members/api';
import { useProjects } from '@/entities/projects/api';
import { toggle } from '@/entities/tasks/actions';
import { updateTask } from '@/entities/tasks/api';
import { PRIORITIES } from '@/entities/tasks/priority';
import type { Priority, Task, TaskChanges } from '@/entities/tasks/types';
import { ApiError, messageOf } from '@/lib/api/errors';
import { TaskChangesLimits } from '@/lib/api/generated/limits';
import { useMember } from '@/lib/auth/use-session';
import { fromDueInput, toDueInput } from '@/lib/format/due';
import { formatMoment } from '@/lib/format/time';
import { toast } from '@/lib/toast';
import { links } from '@/lib/url';
import { useEdited } from '@/lib/use-edited';

type Errors = Readonly<Record<string, string>>;

/** Saves one field as it is left. What the server refuses is said at the field. */
function useSave(task: Task): [Errors, (changes: TaskChanges) => Promise<void>] {
  const [errors, setErrors] = useState<Errors>({});
  const save = async (changes: TaskChanges) => {
    setErrors({});
    try {
      await updateTask(task, changes);
    } catch (error) {
      if (error instanceof ApiError && Object.keys(error.fields).length > 0) setErrors(error.fields);
      else toast({ text: messageOf(error), tone: 'danger' });
    }
  };
  return [errors, save];
}

type TextProps = { value: string; error: string | undefined; onSave: (text: string) => void };

/** Hands on a text that is different from the saved one, without the space around it. */
function changedText(saved: string, onSave: (text: string) => void) {
  return (text: string) => {
    if (text.trim() !== saved) onSave(text.trim());
  };
}

function Title({ value, error, onSave }: TextProps) {
  const title = useEdited(
    value,
    changedText(value, (text) => text && onSave(text)),
  );
  return (
    <TextArea
      label="Title"
      hideLabel
      rows={1}
      maxLength={TaskChangesLimits.title.maxLength}
      value={title.shown}
      error={error}
      onChange={(event) => title.edit(event.target.value.replaceAll('\n', ' '))}
      onBlur={title.commit}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        event.currentTarget.blur();
      }}
      className="field-sizing-content -mx-2.5 w-[calc(100%+1.25rem)] resize-none! border-transparent! py-1! shadow-none! bg-transparent font-semibold text-lg hover:bg-hover"
    />
  );
}

function Description({ value, error, onSave }: TextProps) {
  const description = useEdited(value, changedText(value, onSave));
  return (
    <TextArea
      label="Description"
      rows={4}
      maxLength={TaskChangesLimits.description.maxLength}
      value={description.shown}
      error={error}
      placeholder="Details, links, decisions"
      onChange={(event) => description.edit(event.target.value)}
      onBlur={description.commit}
      className="field-sizing-content min-h-24"
    />
  );
}

const PAUSE_MS = 1200;

function Due({
  task,
  zone,
  error,
  onSave,
}: {
  task: Task;
  zone: string;
  error: string | undefined;
  onSave: (dueAt: string | null) => void;
}) {
  const saved = toDueInput(task.due_at, zone);
  const due = useEdited(
    saved,
    (input) => {
      const isSame = input.date === saved.date && input.time === saved.time;
      if (!isSame) onSave(fromDueInput(input, zone));
    },
    PAUSE_MS,
  );
  return <DueField value={due.shown} error={error} onChange={due.edit} onLeave={due.commit} />;
}

function named(none: string, items: readonly { id: string; name: string }[] | undefined) {
  return [{ value: '', label: none }, ...(items ?? []).map(({ id, name }) => ({ value: id, label: name }))];
}

function withCurrent(task: Task, clients: readonly { id: string; name: string }[] | undefined) {
  const current = task.client_id && !clients?.some(({ id }) => id === task.client_id);
  if (!current) return clients;
  return [{ id: task.client_id ?? '', name: task.client_name ?? '…' }, ...(clients ?? [])];
}

function Belonging({ task, onSave }: { task: Task; onSave: (changes: TaskChanges) => void }) {
  const clients = useClients();
  const projects = useProjects();
  return (
    <div className="grid grid-cols-2 gap-2">
      <SelectField
        label="Client"
        value={task.client_id ?? ''}
        options={named('No client', withCurrent(task, clients.items))}
        onChange={(event) => onSave({ client_id: event.target.value || null })}
      />
      <SelectField
        label="Project"
        value={task.project_id ?? ''}
        options={named('No project', projects.items)}
        onChange={(event) => onSave({ project_id: event.target.value || null })}
      />
    </div>
  );
}

function Origin({ task, zone }: { task: Task; zone: string }): ReactNode {
  const hasOps = useHasOps();
  return (
    <footer className="flex flex-col gap-3 border-t pt-4 text-ink-muted text-xs">
      {task.source && (
        <Link
          href={links.message(task.source.conversation_id, task.source.message_id)}
          className="inline-flex items-center gap-2 self-start rounded-md border bg-raised px-2.5 py-1.5 font-medium text-ink text-sm shadow-1 transition-colors hover:bg-sunken"
        >
          <MessageSquareText aria-hidden className="size-4 text-accent-text" />
          View source message
        </Link>
      )}
      <p>
        Created {formatMoment(task.created_at, zone)}
        {task.completed_at && <> · Completed {formatMoment(task.completed_at, zone)}</>}
        {hasOps && (
          <>
            {' · '}
            <Link
              href={links.tracesOf(task.id)}
              className="underline-offset-4 hover:text-ink hover:underline"
            >
              Show trace
            </Link>
          </>
        )}
      </p>
    </footer>
  );
}

export function TaskDetails({ task }: { task: Task }) {
  const { workspace } = useMember();
  const zone = workspace.timezone;
  const [errors, save] = useSave(task);
  const isDone = task.status === 'completed';
  return (
    <div className="flex flex-col gap-5">
      <Title value={task.title} error={errors.title} onSave={(title) => save({ title })} />
      <Button variant={isDone ? 'secondary' : 'primary'} className="self-start" onClick={() => toggle(task)}>
        {isDone ? <RotateCcw aria-hidden className="size-3.5" /> : <Check aria-hidden className="size-4" />}
        {isDone ? 'Reopen task' : 'Complete task'}
      </Button>
      <Due task={task} zone={zone} error={errors.due_at} onSave={(due_at) => save({ due_at })} />
      <SelectField
        label="Priority"
        value={task.priority}
        options={PRIORITIES}
        error={errors.priority}
        onChange={(event) => save({ priority: event.target.value as Priority })}
      />
      <Belonging task={task} onSave={save} />
      <Description
        value={task.description}
        error={errors.description}
        onSave={(description) => save({ description })}
      />
      <Origin task={task} zone={zone} />
    </div>
  );
}
