'use client';

import { useRef, useState } from 'react';
import type { FieldValues, Path, UseFormReturn } from 'react-hook-form';
import { newIdempotencyKey } from '@/lib/api/client';
import { ApiError, messageOf } from '@/lib/api/errors';

/**
 * Sends a form. What the server says about a field is shown at that field and the first of them gets the focus;
 * anything else comes back as `failure`. Pressing the button again after a failure repeats the same intention,
 * so the server does it once.
 */
export function useFormSubmit<T extends FieldValues>(
  form: UseFormReturn<T>,
  send: (values: T, idempotencyKey: string) => Promise<unknown>,
) {
  const [failure, setFailure] = useState<string | null>(null);
  const key = useRef<string>(undefined);

  const showAtFields = (error: ApiError): boolean => {
    const known = Object.entries(error.fields).filter(([name]) => name in form.getValues());
    known.forEach(([name, message], index) => {
      form.setError(name as Path<T>, { type: 'server', message }, { shouldFocus: index === 0 });
    });
    return known.length > 0;
  };

  const submit = form.handleSubmit(async (values) => {
    setFailure(null);
    key.current ??= newIdempotencyKey();
    try {
      await send(values, key.current);
      key.current = undefined;
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) key.current = undefined;
      if (!(error instanceof ApiError && showAtFields(error))) setFailure(messageOf(error));
    }
  });

  return { submit, failure };
}
