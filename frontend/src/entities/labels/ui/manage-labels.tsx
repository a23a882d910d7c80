'use client';

import { Tag, Trash2 } from 'lucide-react';
import { EmptyState } from '@/components/patterns/empty-state';
import { ErrorState } from '@/components/patterns/error-state';
import { ListSkeleton } from '@/components/patterns/skeleton';
import { Button, IconButton } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { SelectField, TextField } from '@/components/ui/field';
import {
  deleteLabel,
  type Label,
  type LabelChanges,
  type LabelColor,
  restoreLabel,
  updateLabel,
  useLabels,
} from '@/entities/labels/api';
import { messageOf } from '@/lib/api/errors';
import { LabelChangesLimits } from '@/lib/api/generated/limits';
import { toast } from '@/lib/toast';
import { LABEL_COLORS, LabelDot } from './label-chip';

const COLORS = LABEL_COLORS.map((color) => ({
  value: color,
  label: color[0]?.toUpperCase() + color.slice(1),
}));

function sayWhy(error: unknown): void {
  toast({ text: messageOf(error), tone: 'danger' });
}

async function remove(label: Label): Promise<void> {
  try {
    await deleteLabel(label);
    const undo = () => void restoreLabel(label.id).catch(sayWhy);
    toast({ text: 'Label deleted', action: { label: 'Undo', run: undo } });
  } catch (error) {
    sayWhy(error);
  }
}

function LabelRow({ label }: { label: Label }) {
  const save = (changes: LabelChanges) => void updateLabel(label, changes).catch(sayWhy);
  return (
    <li className="flex items-center gap-2 py-1.5">
      <LabelDot color={label.color} />
      <div className="min-w-0 flex-1">
        <TextField
          // A name that was changed elsewhere, or refused, is shown anew.
          key={`${label.version} ${label.name}`}
          label={`Name of ${label.name}`}
          hideLabel
          dir="auto"
          defaultValue={label.name}
          maxLength={LabelChangesLimits.name.maxLength}
          onBlur={({ target }) => {
            const name = target.value.trim();
            if (name && name !== label.name) save({ name });
            else target.value = label.name;
          }}
          onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        />
      </div>
      <SelectField
        label={`Colour of ${label.name}`}
        hideLabel
        value={label.color}
        options={COLORS}
        onChange={(event) => save({ color: event.target.value as LabelColor })}
      />
      <span className="tabular w-14 shrink-0 text-end text-ink-muted text-xs max-sm:hidden">
        {label.open_tasks} open
      </span>
      <IconButton label={`Delete ${label.name}`} onClick={() => void remove(label)}>
        <Trash2 aria-hidden className="size-4" />
      </IconButton>
    </li>
  );
}

function LabelList() {
  const { labels, error, retry } = useLabels();
  if (error) return <ErrorState title="Labels did not load" error={error} onRetry={retry} />;
  if (!labels) return <ListSkeleton label="Loading labels" rows={4} />;
  if (labels.length === 0) {
    return (
      <EmptyState icon={<Tag />} title="No labels yet">
        Open a task and write the name of its first label.
      </EmptyState>
    );
  }
  return (
    <ul aria-label="Labels" className="px-5 py-2">
      {labels.map((label) => (
        <LabelRow key={label.id} label={label} />
      ))}
    </ul>
  );
}

/** Renames, recolours and deletes labels. Every change is saved as it is made. */
export function ManageLabels({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Manage labels" onClose={onClose} className="max-w-lg">
      <LabelList />
      <div className="flex justify-end px-5 pt-1 pb-4">
        <Button onClick={onClose}>Done</Button>
      </div>
    </Dialog>
  );
}
