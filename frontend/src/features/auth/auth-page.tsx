'use client';

import type { ReactNode } from 'react';
import { useSession } from '@/lib/auth/use-session';
import { VisitorGate } from './gate';
import { Logo } from './logo';

type AuthPageProps = { title: string; subtitle: string; footer: ReactNode; children: ReactNode };

/** Says that a log-out is not complete: on a shared computer that matters. */
function LogOutPending() {
  const state = useSession();
  if (state.status !== 'signed-out' || !state.isEnding) return null;
  return (
    <p role="status" className="mb-5 rounded-lg border bg-surface p-3 text-balance text-sm">
      You are logged out in this browser, but the server has not confirmed it. Stay connected: SmartStack
      keeps trying while this page is open.
    </p>
  );
}

export function AuthPage({ title, subtitle, footer, children }: AuthPageProps) {
  return (
    <VisitorGate>
      <main className="flex min-h-dvh flex-col items-center px-4 pt-[max(3rem,12vh)] pb-12">
        <div className="enter-rise w-full max-w-sm">
          <div className="mb-7 flex flex-col items-center text-center">
            <Logo className="mb-5 size-10" />
            <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
            <p className="mt-1.5 text-balance text-ink-muted">{subtitle}</p>
          </div>
          <LogOutPending />
          <div className="rounded-2xl border bg-surface p-5 shadow-2 sm:p-6">{children}</div>
          <p className="mt-5 text-center text-ink-muted text-sm">{footer}</p>
        </div>
      </main>
    </VisitorGate>
  );
}
