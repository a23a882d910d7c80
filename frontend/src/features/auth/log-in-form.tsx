'use client';

import Link from 'next/link';
import { useForm } from 'react-hook-form';
import * as z from 'zod/mini';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { FormFailure } from '@/components/ui/form-failure';
import { schemaResolver } from '@/lib/schema-resolver';
import { useFormSubmit } from '@/lib/use-form-submit';
import { AuthPage } from './auth-page';
import { logIn } from './requests';

const schema = z.object({
  email: z.string().check(z.trim(), z.email('This does not look like an e-mail address.')),
  password: z.string().check(z.minLength(1, 'Enter your password.')),
});

export function LogInForm() {
  const form = useForm({ resolver: schemaResolver(schema), defaultValues: { email: '', password: '' } });
  const { errors, isSubmitting } = form.formState;
  const { submit, failure } = useFormSubmit(form, logIn);

  return (
    <AuthPage
      title="Welcome back"
      subtitle="Log in to your workspace."
      footer={
        <>
          New here?{' '}
          <Link href="/signup" className="font-medium text-accent-text underline-offset-4 hover:underline">
            Create a workspace
          </Link>
        </>
      }
    >
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <FormFailure message={failure} />
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
          autoComplete="current-password"
          error={errors.password?.message}
          {...form.register('password')}
        />
        <Button type="submit" variant="primary" size="lg" isBusy={isSubmitting} className="mt-1">
          Log in
        </Button>
      </form>
    </AuthPage>
  );
}
