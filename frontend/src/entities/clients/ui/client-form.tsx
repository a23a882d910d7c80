'use client';

import { useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import { ConflictNotice } from '@/components/patterns/conflict-notice';
import { Button } from '@/components/ui/button';
import { TextArea, TextField } from '@/components/ui/field';
import { FormFailure } from '@/components/ui/form-failure';
import { updateClient } from '@/entities/clients/api';
import { clientSchema } from '@/entities/clients/schema';
import type { Client } from '@/entities/clients/types';
import { schemaResolver } from '@/lib/schema-resolver';
import { toast } from '@/lib/toast';
import type { Conflict } from '@/lib/use-edited';
import { useFormSubmit } from '@/lib/use-form-submit';

type Fields = Pick<Client, 'name' | 'notes'>;

/**
 * A client's details. Changes made elsewhere come in by themselves, except into a field that is being edited: there the
 * person chooses between the two.
 */
export function ClientForm({ client }: { client: Client }) {
  const { name, notes } = client;
  /** What was saved when each field's edit began. */
  const [base, setBase] = useState<Fields>({ name, notes });
  const form = useForm({ resolver: schemaResolver(clientSchema), defaultValues: { name, notes } });
  const { errors, isSubmitting, isDirty, dirtyFields } = form.formState;
  const { submit, failure } = useFormSubmit(form, async (values) => {
    const updated = await updateClient(client, values);
    form.reset({ name: updated.name, notes: updated.notes });
    toast({ text: 'Client saved' });
  });
  const isNameEdited = dirtyFields.name === true;
  const isNotesEdited = dirtyFields.notes === true;

  useEffect(() => {
    setBase((former) => ({
      name: isNameEdited ? former.name : name,
      notes: isNotesEdited ? former.notes : notes,
    }));
    form.reset({ name, notes }, { keepDirtyValues: true });
  }, [form, name, notes, isNameEdited, isNotesEdited]);

  const conflictOf = (field: keyof Fields): Conflict<string> | null => {
    if (!dirtyFields[field] || base[field] === client[field]) return null;
    return {
      theirs: client[field],
      keepMine: () => {
        setBase((former) => ({ ...former, [field]: client[field] }));
        void submit();
      },
      takeTheirs: () => form.resetField(field),
    };
  };
  const nameConflict = conflictOf('name');
  const notesConflict = conflictOf('notes');

  return (
    <section aria-labelledby="client-details" className="border-t pt-5">
      <h3 id="client-details" className="mb-3 font-semibold text-sm">
        Details
      </h3>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <FormFailure message={failure} />
        <TextField
          label="Client name"
          autoComplete="off"
          error={errors.name?.message}
          {...form.register('name')}
        />
        <ConflictNotice what="name" conflict={nameConflict} />
        <TextArea label="Notes" rows={5} error={errors.notes?.message} {...form.register('notes')} />
        <ConflictNotice what="notes" conflict={notesConflict} />
        <div className="flex justify-end gap-2">
          {isDirty && <Button onClick={() => form.reset({ name, notes })}>Discard changes</Button>}
          <Button
            type="submit"
            variant="primary"
            disabled={!isDirty || nameConflict !== null || notesConflict !== null}
            isBusy={isSubmitting}
          >
            Save client
          </Button>
        </div>
      </form>
    </section>
  );
}
