'use client';

import { Link2Off, Unplug } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Spinner } from '@/components/ui/spinner';
import { ApiError, messageOf } from '@/lib/api/errors';
import { Chat } from './chat';
import { PortalVisit, takeLinkToken } from './portal-session';

type State =
  | { phase: 'opening' }
  | { phase: 'open'; visit: PortalVisit }
  | { phase: 'closed' }
  | { phase: 'failed'; error: unknown };

function isRefused(error: unknown): boolean {
  return error instanceof ApiError && error.status < 500 && error.status !== 429;
}

/** The visit through the token in the address, which a browser never sends to a server. */
function useVisit(): [State, () => void] {
  const [state, setState] = useState<State>({ phase: 'opening' });

  const open = useCallback(async () => {
    setState({ phase: 'opening' });
    const linkToken = takeLinkToken();
    if (!linkToken) return setState({ phase: 'closed' });
    try {
      const visit = await PortalVisit.open(linkToken, () => setState({ phase: 'closed' }));
      setState({ phase: 'open', visit });
    } catch (error) {
      setState(isRefused(error) ? { phase: 'closed' } : { phase: 'failed', error });
    }
  }, []);

  useEffect(() => {
    void open();
    window.addEventListener('hashchange', open);
    return () => window.removeEventListener('hashchange', open);
  }, [open]);

  return [state, open];
}

function Notice({
  icon,
  title,
  children,
  action,
}: {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <main className="grid min-h-dvh place-items-center px-6">
      <div className="enter-rise flex max-w-sm flex-col items-center text-center">
        <span
          aria-hidden
          className="mb-5 inline-flex size-12 items-center justify-center rounded-2xl border bg-surface text-ink-muted shadow-2 [&>svg]:size-5.5"
        >
          {icon}
        </span>
        <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
        <p className="mt-2 text-balance text-ink-muted">{children}</p>
        {action && <div className="mt-6">{action}</div>}
      </div>
    </main>
  );
}

/** The client's side: a conversation with the workspace, reached by a share link and nothing else. */
export function Portal() {
  const [state, retry] = useVisit();
  if (state.phase === 'open') return <Chat visit={state.visit} />;
  if (state.phase === 'closed') {
    return (
      <Notice icon={<Link2Off />} title="This link no longer works">
        It may have expired or been replaced. Ask the person who sent it to you for a new one.
      </Notice>
    );
  }
  if (state.phase === 'failed') {
    return (
      <Notice
        icon={<Unplug />}
        title="We cannot open this right now"
        action={<Button onClick={retry}>Try again</Button>}
      >
        {messageOf(state.error)}
      </Notice>
    );
  }
  return (
    <main className="grid min-h-dvh place-items-center">
      <div role="status" className="enter-fade flex items-center gap-2 text-ink-muted">
        <Spinner />
        Opening your conversation
      </div>
    </main>
  );
}
