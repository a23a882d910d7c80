'use client';

import { Check, ChevronDown, MessageSquareText, RotateCcw } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useRef } from 'react';
import { ConflictNotice } from '@/components/patterns/conflict-notice';
import { CopyButton } from '@/components/patterns/copy-button';
import { DueField } from '@/components/patterns/due-field';
import { Button } from '@/components/ui/button';
import { SelectField } from '@/components/ui/field';
import { ClientPicker } from '@/entities/clients/ui/client-picker';
import { LabelChips } from '@/entities/labels/ui/label-chip';
import { LabelPicker } from '@/entities/labels/ui/label-picker';
import { useHasOps } from '@/entities/members/api';
import { useProjects } from '@/entities/projects/api';
import { restore, sayWhy, toggle } from '@/entities/tasks/actions';
import { toggleLabel } from '@/entities/tasks/api';
import { PRIORITIES } from '@/entities/tasks/priority';
import type { Priority, Task } from '@/entities/tasks/types';
import { useMember } from '@/lib/auth/use-session';
import { fromDueInput, toDueInput } from '@/lib/format/due';
import { formatMoment } from '@/lib/format/time';
import { links } from '@/lib/url';
import { useEdited } from '@/lib/use-edited';
import { TaskDescription, TaskTitle } from './task-texts';
import { offerOverwrite, type Save, useSave } from './use-save';

type FieldProps = { task: Task; onSave: Save };

const PAUSE_MS = 1200;

function Due({ task, zone, error, onSave }: FieldProps & { zone: string; error: string | undefined }) {
  const due = useEdited({
    saved: toDueInput(task.due_at, zone),
    isSame: (a, b) => a.date === b.date && a.time === b.time,
    onSave: async (input) => {
      const due_at = fromDueInput(input, zone);
      return isSameMoment(due_at, task.due_at) || onSave({ due_at });
    },
    onLeaveUnsaved: (input) => offerOverwrite(task, { due_at: fromDueInput(input, zone) }),
    pauseMs: PAUSE_MS,
  });
  const conflict = due.conflict && {
    ...due.conflict,
    theirs: task.due_at ? formatMoment(task.due_at, zone) : 'No due date',
  };
  return (
    <div className="flex flex-col gap-2">
      <DueField value={due.shown} error={error} onChange={due.edit} onLeave={due.commit} />
      <ConflictNotice what="due date" conflict={conflict} />
    </div>
  );
}

function isSameMoment(a: string | null, b: string | null): boolean {
  return a && b ? Date.parse(a) === Date.parse(b) : a === b;
}

function named(none: string, items: readonly { id: string; name: string }[] | undefined) {
  return [{ value: '', label: none }, ...(items ?? []).map(({ id, name }) => ({ value: id, label: name }))];
}

function ClientField({ task, onSave }: FieldProps) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <span aria-hidden className="font-medium text-ink text-sm">
        Client
      </span>
      <ClientPicker
        none="No client"
        clientId={task.client_id}
        onPick={(client_id) => client_id !== task.client_id && void onSave({ client_id })}
        className="flex h-9 w-full pointer-coarse:h-10 items-center justify-between gap-2 rounded-md border border-line-strong bg-raised px-2.5 text-start shadow-1 transition-colors hover:border-ink-faint disabled:opacity-60"
      >
        <span className="sr-only">Client: </span>
        <bdi className="truncate">{task.client_id ? (task.client_name ?? '…') : 'No client'}</bdi>
        <ChevronDown aria-hidden className="size-4 shrink-0 text-ink-muted" />
      </ClientPicker>
    </div>
  );
}

function Belonging({ task, onSave }: FieldProps) {
  const projects = useProjects();
  return (
    <div className="grid grid-cols-2 gap-2">
      <ClientField task={task} onSave={onSave} />
      <SelectField
        label="Project"
        value={task.project_id ?? ''}
        options={named('No project', projects.items)}
        onChange={(event) => void onSave({ project_id: event.target.value || null })}
      />
    </div>
  );
}

function Labels({ task }: { task: Task }) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <span aria-hidden className="font-medium text-ink text-sm">
        Labels
      </span>
      <LabelPicker
        canCreate
        chosen={task.labels.map(({ id }) => id)}
        onToggle={(label) => void toggleLabel(task, label).catch(sayWhy)}
        className="flex min-h-9 w-full pointer-coarse:min-h-10 items-center justify-between gap-2 rounded-md border border-line-strong bg-raised px-2.5 py-1.5 text-start shadow-1 transition-colors hover:border-ink-faint"
      >
        <span className="sr-only">Labels: </span>
        {task.labels.length > 0 ? <LabelChips labels={task.labels} /> : 'No labels'}
        <ChevronDown aria-hidden className="size-4 shrink-0 text-ink-muted" />
      </LabelPicker>
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

/** Says that the task is gone, and keeps what was written within reach. */
function DeletedNotice({ task, readTexts }: { task: Task; readTexts: () => string }) {
  return (
    <div role="alert" className="enter-fade rounded-lg border border-danger/40 bg-danger-soft p-3 text-sm">
      <p className="font-medium text-danger">This task was deleted elsewhere.</p>
      <p className="mt-1 text-ink-muted">Nothing more is saved. Its text stays here until you close it.</p>
      <div className="mt-2.5 flex flex-wrap gap-2">
        <CopyButton text={readTexts} label="Copy text" className="h-7! px-2! text-xs!" />
        <Button size="sm" onClick={() => void restore(task.id)}>
          Restore task
        </Button>
      </div>
    </div>
  );
}

function CompleteButton({ task }: { task: Task }) {
  const isDone = task.status === 'completed';
  return (
    <Button variant={isDone ? 'secondary' : 'primary'} className="self-start" onClick={() => toggle(task)}>
      {isDone ? <RotateCcw aria-hidden className="size-3.5" /> : <Check aria-hidden className="size-4" />}
      {isDone ? 'Reopen task' : 'Complete task'}
    </Button>
  );
}

/** One task to read and edit; of a deleted one the texts stay, to be copied. */
export function TaskDetails({ task, isDeleted = false }: { task: Task; isDeleted?: boolean }) {
  const { workspace } = useMember();
  const zone = workspace.timezone;
  const [errors, save] = useSave(task);
  const details = useRef<HTMLDivElement>(null);
  const readTexts = () => {
    const areas = details.current?.querySelectorAll('textarea') ?? [];
    return [...areas]
      .map(({ value }) => value.trim())
      .filter(Boolean)
      .join('\n\n');
  };
  return (
    <div ref={details} className="flex flex-col gap-5">
      {isDeleted && <DeletedNotice task={task} readTexts={readTexts} />}
      <TaskTitle
        value={task.title}
        error={errors.title}
        isReadOnly={isDeleted}
        onSave={(title) => save({ title })}
        onLeaveUnsaved={(title) => offerOverwrite(task, { title })}
      />
      {!isDeleted && (
        <>
          <CompleteButton task={task} />
          <Due task={task} zone={zone} error={errors.due_at} onSave={save} />
          <SelectField
            label="Priority"
            value={task.priority}
            options={PRIORITIES}
            error={errors.priority}
            onChange={(event) => void save({ priority: event.target.value as Priority })}
          />
          <Belonging task={task} onSave={save} />
          <Labels task={task} />
        </>
      )}
      <TaskDescription
        value={task.description}
        error={errors.description}
        isReadOnly={isDeleted}
        onSave={(description) => save({ description })}
        onLeaveUnsaved={(description) => offerOverwrite(task, { description })}
      />
      {!isDeleted && <Origin task={task} zone={zone} />}
    </div>
  );
}
