'use client';

import { type FormEvent, useState } from 'react';
import { DueField } from '@/components/patterns/due-field';
import { Button } from '@/components/ui/button';
import { SelectField, TextField } from '@/components/ui/field';
import type { SuggestionFields } from '@/entities/suggestions/types';
import { PRIORITIES } from '@/entities/tasks/priority';
import type { Priority } from '@/entities/tasks/types';
import { EditedFieldsLimits } from '@/lib/api/generated/limits';
import { isComposing } from '@/lib/composition';
import { fromDueInput, toDueInput } from '@/lib/format/due';

type SuggestionEditorProps = {
  fields: SuggestionFields;
  zone: string;
  onAccept: (fields: Partial<SuggestionFields>) => void;
  onCancel: () => void;
};

/** What is different from the suggestion: only that is sent, so the rest stays as it was suggested. */
function changes(from: SuggestionFields, to: SuggestionFields): Partial<SuggestionFields> {
  const differs = (a: string | null, b: string | null) =>
    a && b ? Date.parse(a) !== Date.parse(b) : a !== b;
  return {
    ...(to.title !== from.title && { title: to.title }),
    ...(differs(to.due_at, from.due_at) && { due_at: to.due_at }),
    ...(to.priority !== from.priority && { priority: to.priority }),
  };
}

export function SuggestionEditor({ fields, zone, onAccept, onCancel }: SuggestionEditorProps) {
  const [title, setTitle] = useState(fields.title);
  const [due, setDue] = useState(() => toDueInput(fields.due_at, zone));
  const [priority, setPriority] = useState(fields.priority);

  const accept = (event: FormEvent) => {
    event.preventDefault();
    const wanted = title.trim();
    if (wanted) onAccept(changes(fields, { title: wanted, due_at: fromDueInput(due, zone), priority }));
  };

  return (
    <form
      noValidate
      onSubmit={accept}
      onKeyDown={(event) => event.key === 'Escape' && !isComposing(event.nativeEvent) && onCancel()}
      className="flex flex-col gap-3"
    >
      <TextField
        label="Title"
        autoFocus
        value={title}
        maxLength={EditedFieldsLimits.title.maxLength}
        error={title.trim() ? undefined : 'Give the task a title.'}
        onChange={(event) => setTitle(event.target.value)}
      />
      <DueField value={due} onChange={setDue} />
      <SelectField
        label="Priority"
        value={priority}
        options={PRIORITIES}
        onChange={(event) => setPriority(event.target.value as Priority)}
      />
      <div className="flex gap-1.5">
        <Button type="submit" size="sm" variant="primary" disabled={!title.trim()}>
          Accept
        </Button>
        <Button size="sm" variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
