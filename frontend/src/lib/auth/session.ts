import { DEADLINE_MS } from '@/lib/api/client';
import { toApiError, toConnectionError } from '@/lib/api/errors';
import type { Session, User, Workspace } from '@/lib/api/types';

export type SessionState =
  | { status: 'unknown' }
  | { status: 'signed-out' }
  | { status: 'signed-in'; user: User; workspace: Workspace };

type Announcement = { kind: 'session'; session: Session } | { kind: 'signed-out' };

/** A token with less life left than this is renewed before it is used. */
const RENEW_BEFORE_MS = 20_000;
const LOCK = 'smartstack-session';
const CHANNEL = 'smartstack-session';
/** Says that a refresh cookie probably exists (scripts cannot see the cookie itself). */
const HINT = 'smartstack.session';

/** When a refresh was sent whose answer is not here yet. */
const RENEWING = 'smartstack.renewing';
const SETTLES_MS = 1500;

const UNKNOWN: SessionState = { status: 'unknown' };

let state: SessionState = UNKNOWN;
let token: string | null = null;
let expiresAt = 0;
const listeners = new Set<() => void>();
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL);

function publish(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

function adopt(session: Session): void {
  token = session.access_token;
  expiresAt = Date.now() + session.expires_in * 1000;
  localStorage.setItem(HINT, '1');
  publish({ status: 'signed-in', user: session.user, workspace: session.workspace });
}

function forget(): void {
  token = null;
  expiresAt = 0;
  localStorage.removeItem(HINT);
  publish({ status: 'signed-out' });
}

function announce(announcement: Announcement): void {
  channel?.postMessage(announcement);
}

channel?.addEventListener('message', ({ data }: MessageEvent<Announcement>) => {
  if (data.kind === 'signed-out') return forget();
  const other = state.status === 'signed-in' && state.user.id !== data.session.user.id;
  // The cookie now belongs to somebody else: nothing of the former user may stay on screen.
  if (other) return location.assign('/today');
  adopt(data.session);
});

/** Waits for a refresh that a page sent before it was left: using the cookie twice would end the session. */
async function formerPage(): Promise<void> {
  const left = Number(localStorage.getItem(RENEWING)) + SETTLES_MS - Date.now();
  if (left > 0 && left <= SETTLES_MS) await new Promise((resolve) => setTimeout(resolve, left));
}

async function refresh(): Promise<Session | null> {
  await formerPage();
  localStorage.setItem(RENEWING, String(Date.now()));
  const response = await fetch('/api/v1/auth/refresh', {
    method: 'POST',
    // Goes on when the page is left, so that the new cookie arrives.
    keepalive: true,
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).catch((cause) => {
    throw toConnectionError(cause);
  });
  // Only an answer settles it: leaving the page rejects the call above while the request goes on.
  localStorage.removeItem(RENEWING);
  if (response.ok) return response.json();
  if (response.status === 401) return null;
  throw toApiError(response, await response.json().catch(() => null));
}

/**
 * Gets a new token, unless another tab or call has got one since `stale` was read. The cookie is good once,
 * so only one tab at a time may use it.
 */
async function renew(stale: string | null): Promise<string | null> {
  return navigator.locks.request(LOCK, async () => {
    if (token && token !== stale) return token;
    const session = await refresh();
    if (session) {
      adopt(session);
      announce({ kind: 'session', session });
    } else {
      forget();
      announce({ kind: 'signed-out' });
    }
    return token;
  });
}

async function fresh(): Promise<string | null> {
  if (token && Date.now() > expiresAt - RENEW_BEFORE_MS) return renew(token);
  return token;
}

export const session = {
  fresh,
  renew,

  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  read(): SessionState {
    return state;
  },

  readOnServer(): SessionState {
    return UNKNOWN;
  },

  /** Whether this browser was signed in when it was last used here. */
  isLikely(): boolean {
    return localStorage.getItem(HINT) === '1';
  },

  /** Finds out who is signed in. Throws ConnectionError or ApiError when that cannot be known now. */
  async boot(): Promise<void> {
    if (state.status === 'unknown') await renew(null);
  },

  /** Says that nobody is signed in, without asking the server. */
  settleSignedOut(): void {
    if (state.status === 'unknown') publish({ status: 'signed-out' });
  },

  start(started: Session): void {
    adopt(started);
    announce({ kind: 'session', session: started });
  },

  /** Ends the session here at once and on the server when it can be reached. */
  async end(): Promise<void> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    await fetch('/api/v1/auth/logout', { method: 'POST', signal }).catch(() => undefined);
    forget();
    announce({ kind: 'signed-out' });
  },
};
