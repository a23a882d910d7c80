import type { Metadata } from 'next';
import { Suspense } from 'react';
import { LogInForm } from '@/features/auth/log-in-form';

export const metadata: Metadata = { title: 'Log in' };

export default function LogInPage() {
  return (
    <Suspense>
      <LogInForm />
    </Suspense>
  );
}
