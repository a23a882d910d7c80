'use client';

import { usePathname, useRouter } from 'next/navigation';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { ErrorState } from '@/components/patterns/error-state';
import { session } from '@/lib/auth/session';
import { useSession } from '@/lib/auth/use-session';
import { wantedPage } from '@/lib/auth/wanted-page';
import { Splash } from './splash';

function useBoot(isWanted: () => boolean): { error: unknown; retry: () => void } {
  const [error, setError] = useState<unknown>(null);
  const boot = useCallback(() => {
    setError(null);
    session.boot().catch(setError);
  }, []);
  useEffect(() => {
    if (isWanted()) boot();
    else session.settleSignedOut();
  }, [boot, isWanted]);
  return { error, retry: boot };
}

function GateError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <main className="grid min-h-dvh place-items-center">
      <ErrorState title="SmartStack cannot be reached" error={error} onRetry={retry} />
    </main>
  );
}

const always = () => true;

/** Shows a page to a signed-in member, and sends everybody else to log in and back here. */
export function MemberGate({ children }: { children: ReactNode }) {
  const { status } = useSession();
  const { error, retry } = useBoot(always);
  const router = useRouter();
  const path = usePathname();

  useEffect(() => {
    if (status !== 'signed-out') return;
    const here = path + location.search;
    router.replace(here === '/today' ? '/login' : `/login?next=${encodeURIComponent(here)}`);
  }, [status, router, path]);

  if (status === 'signed-in') return children;
  return error ? <GateError error={error} retry={retry} /> : <Splash />;
}

/** Shows a page to those who are not signed in (log in, sign up), and sends members on to the app. */
export function VisitorGate({ children }: { children: ReactNode }) {
  const { status } = useSession();
  const { error } = useBoot(session.isLikely);
  const router = useRouter();

  useEffect(() => {
    if (status === 'signed-in') router.replace(wantedPage(location.search));
  }, [status, router]);

  if (status === 'signed-out' || error) return children;
  return <Splash />;
}
