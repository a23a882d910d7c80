'use client';

import Link from 'next/link';
import { useForm } from 'react-hook-form';
import * as z from 'zod/mini';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { FormFailure } from '@/components/ui/form-failure';
import { SignUpLimits } from '@/lib/api/generated/limits';
import { FALLBACK_ZONE } from '@/lib/format/formatter';
import { localZone, namedLocalZone } from '@/lib/format/zone';
import { schemaResolver } from '@/lib/schema-resolver';
import { toast } from '@/lib/toast';
import { useFormSubmit } from '@/lib/use-form-submit';
import { AuthPage } from './auth-page';
import { signUp } from './requests';

const SHORTEST_PASSWORD = SignUpLimits.password.minLength;

const schema = z.object({
  name: z
    .string()
    .check(
      z.trim(),
      z.minLength(1, 'Enter your name.'),
      z.maxLength(SignUpLimits.name.maxLength, 'This name is too long.'),
    ),
  email: z.string().check(z.trim(), z.email('This does not look like an e-mail address.')),
  password: z.string().check(z.minLength(SHORTEST_PASSWORD, `Use at least ${SHORTEST_PASSWORD} characters.`)),
  workspace_name: z
    .string()
    .check(
      z.trim(),
      z.minLength(1, 'Give your workspace a name.'),
      z.maxLength(SignUpLimits.workspace_name.maxLength, 'This name is too long.'),
    ),
});

export function SignUpForm() {
  const form = useForm({
    resolver: schemaResolver(schema),
    defaultValues: { name: '', email: '', password: '', workspace_name: '' },
  });
  const { errors, isSubmitting } = form.formState;
  const { submit, failure } = useFormSubmit(form, async (values) => {
    const zone = await signUp({ ...values, timezone: localZone() });
    if (zone === FALLBACK_ZONE && namedLocalZone() !== FALLBACK_ZONE)
      toast({ text: 'Dates of this workspace are in UTC: your time zone is not known here.' });
  });

  return (
    <AuthPage
      title="Create your workspace"
      subtitle="Client messages become tasks. You decide which."
      footer={
        <>
          Already have a workspace?{' '}
          <Link href="/login" className="font-medium text-accent-text underline-offset-4 hover:underline">
            Log in
          </Link>
        </>
      }
    >
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <FormFailure message={failure} />
        <TextField
          label="Your name"
          autoComplete="name"
          error={errors.name?.message}
          {...form.register('name')}
        />
        <TextField
          label="Work email"
          type="email"
          autoComplete="email"
          error={errors.email?.message}
          {...form.register('email')}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          hint={`At least ${SHORTEST_PASSWORD} characters that are hard to guess: four words without a connection are good.`}
          error={errors.password?.message}
          {...form.register('password')}
        />
        <TextField
          label="Workspace name"
          autoComplete="organization"
          placeholder="Studio North"
          error={errors.workspace_name?.message}
          {...form.register('workspace_name')}
        />
        {namedLocalZone() === null && (
          <p role="note" className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
            This browser does not say its time zone. Dates of your workspace will be in UTC.
          </p>
        )}
        <Button type="submit" variant="primary" size="lg" isBusy={isSubmitting} className="mt-1">
          Create workspace
        </Button>
      </form>
    </AuthPage>
  );
}
