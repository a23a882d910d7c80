'use client';

import { useEffect } from 'react';
import { useForm } from 'react-hook-form';
import { Button } from '@/components/ui/button';
import { TextArea, TextField } from '@/components/ui/field';
import { FormFailure } from '@/components/ui/form-failure';
import { updateClient } from '@/entities/clients/api';
import { clientSchema } from '@/entities/clients/schema';
import type { Client } from '@/entities/clients/types';
import { schemaResolver } from '@/lib/schema-resolver';
import { toast } from '@/lib/toast';
import { useFormSubmit } from '@/lib/use-form-submit';

/** A client's details. Changes made elsewhere come in by themselves, except into a field that is being edited. */
export function ClientForm({ client }: { client: Client }) {
  const { name, notes } = client;
  const form = useForm({ resolver: schemaResolver(clientSchema), defaultValues: { name, notes } });
  const { errors, isSubmitting, isDirty } = form.formState;
  const { submit, failure } = useFormSubmit(form, async (values) => {
    const updated = await updateClient(client, values);
    form.reset({ name: updated.name, notes: updated.notes });
    toast({ text: 'Client saved' });
  });

  useEffect(() => {
    form.reset({ name, notes }, { keepDirtyValues: true });
  }, [form, name, notes]);

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
        <TextArea label="Notes" rows={5} error={errors.notes?.message} {...form.register('notes')} />
        <div className="flex justify-end gap-2">
          {isDirty && <Button onClick={() => form.reset({ name, notes })}>Discard changes</Button>}
          <Button type="submit" variant="primary" disabled={!isDirty} isBusy={isSubmitting}>
            Save client
          </Button>
        </div>
      </form>
    </section>
  );
}
