'use client';

import { useForm } from 'react-hook-form';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { TextArea, TextField } from '@/components/ui/field';
import { FormFailure } from '@/components/ui/form-failure';
import { createClient } from '@/entities/clients/api';
import { clientSchema } from '@/entities/clients/schema';
import type { Client } from '@/entities/clients/types';
import { schemaResolver } from '@/lib/schema-resolver';
import { useFormSubmit } from '@/lib/use-form-submit';

type NewClientProps = { onClose: () => void; onCreated: (client: Client) => void };

export function NewClient({ onClose, onCreated }: NewClientProps) {
  const form = useForm({ resolver: schemaResolver(clientSchema), defaultValues: { name: '', notes: '' } });
  const { errors, isSubmitting } = form.formState;
  const { submit, failure } = useFormSubmit(form, async (values, key) =>
    onCreated(await createClient(values, key)),
  );
  return (
    <Dialog title="New client" description="A company or a person you work for." onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4 p-5">
        <FormFailure message={failure} />
        <TextField
          label="Client name"
          autoComplete="off"
          error={errors.name?.message}
          {...form.register('name')}
        />
        <TextArea
          label="Notes"
          rows={3}
          placeholder="Who to talk to, what was agreed"
          error={errors.notes?.message}
          {...form.register('notes')}
        />
        <div className="flex justify-end gap-2 pt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isBusy={isSubmitting}>
            Create client
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
