import { DEADLINE_MS } from '@/lib/api/client';
import { ConnectionError, toApiError, toConnectionError } from '@/lib/api/errors';
import type { Session, User, Workspace } from '@/lib/api/types';
import { withLock } from '@/lib/locks';

export type SessionState =
  | { status: 'unknown' }
  /** `isEnding`: the log-out has not reached the server yet. */
  | { status: 'signed-out'; isEnding: boolean }
  | { status: 'signed-in'; user: User; workspace: Workspace };

type Announcement = { kind: 'session'; session: Session } | { kind: 'signed-out' };

/** A token with less life left than this is renewed before it is used. */
const RENEW_BEFORE_MS = 20_000;
const LOCK = 'smartstack-session';
const CHANNEL = 'smartstack-session';
/** Says that a refresh cookie probably exists (scripts cannot see the cookie itself). */
const HINT = 'smartstack.session';

/** Says that a log-out has not reached the server yet; while it stands, no session is taken up from the cookie. */
const LEAVING = 'smartstack.leaving';
const RETRY_LEAVING_MS = 5000;

/** When a refresh was sent whose answer is not here yet. */
const RENEWING = 'smartstack.renewing';
const SETTLES_MS = 1500;

const UNKNOWN: SessionState = { status: 'unknown' };

let state: SessionState = UNKNOWN;
let token: string | null = null;
let expiresAt = 0;
let retryingLeave: ReturnType<typeof setTimeout> | undefined;
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
  publish({ status: 'signed-out', isEnding: isLeaving() });
}

function isLeaving(): boolean {
  return localStorage.getItem(LEAVING) === '1';
}

function announce(announcement: Announcement): void {
  channel?.postMessage(announcement);
}

channel?.addEventListener('message', ({ data }: MessageEvent<Announcement>) => {
  if (data.kind === 'signed-out' || isLeaving()) return forget();
  const other = state.status === 'signed-in' && state.user.id !== data.session.user.id;
  // The cookie now belongs to another user: nothing of the former user may stay on screen.
  if (other) return location.assign('/today');
  adopt(data.session);
});

/** Ends the session on the server. Throws ConnectionError or ApiError when the server did not confirm it. */
async function logOutOnServer(): Promise<void> {
  const response = await fetch('/api/v1/auth/logout', {
    method: 'POST',
    keepalive: true,
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).catch((cause) => {
    throw toConnectionError(cause);
  });
  if (!response.ok) throw toApiError(response, await response.json().catch(() => null));
  localStorage.removeItem(LEAVING);
}

/** Completes a log-out, if one has begun, and returns whether one had. Call it under the lock. */
async function completeLeaving(): Promise<boolean> {
  if (!isLeaving()) return false;
  await logOutOnServer();
  forget();
  announce({ kind: 'signed-out' });
  return true;
}

/** Repeats a log-out that did not get through, until it does or this page is left. */
function retryLeaving(): void {
  clearTimeout(retryingLeave);
  if (isLeaving()) retryingLeave = setTimeout(tryLeaving, RETRY_LEAVING_MS);
}

/** The state says when it fails, and it is tried again. */
async function tryLeaving(): Promise<void> {
  await withLock(LOCK, completeLeaving).catch(() => undefined);
  retryLeaving();
}

/** Waits for a refresh that a page sent before it was left: using the cookie twice would end the session. */
async function formerPage(): Promise<void> {
  const left = Number(localStorage.getItem(RENEWING)) + SETTLES_MS - Date.now();
  if (left > 0 && left <= SETTLES_MS) await new Promise((resolve) => setTimeout(resolve, left));
}

function exchangeCookie(): Promise<Response> {
  return fetch('/api/v1/auth/refresh', {
    method: 'POST',
    // Goes on when the page is left, so that the new cookie arrives.
    keepalive: true,
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).catch((cause) => {
    throw toConnectionError(cause);
  });
}

function isUnreachable(error: unknown): boolean {
  return error instanceof ConnectionError && error.reason === 'unreachable';
}

/** A proxy answered for the server, which may have done its part. */
function isLost({ status }: Response): boolean {
  return status === 502 || status === 504;
}

/**
 * Exchanges the cookie, and once more when the answer got lost: the server accepts the cookie that it has just rotated
 * out for a short time.
 */
async function exchangeCookieSurely(): Promise<Response> {
  try {
    const response = await exchangeCookie();
    if (!isLost(response)) return response;
  } catch (error) {
    if (!isUnreachable(error)) throw error;
  }
  return exchangeCookie();
}

async function refresh(): Promise<Session | null> {
  await formerPage();
  localStorage.setItem(RENEWING, String(Date.now()));
  const response = await exchangeCookieSurely();
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
  return withLock(LOCK, async () => {
    if (token && token !== stale) return token;
    if (await completeLeaving()) return null;
    const session = await refresh();
    // A log-out that began meanwhile goes before.
    if (session && !isLeaving()) {
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

  /** Reads the session from the cookie. Throws ConnectionError or ApiError when that cannot be known now. */
  async boot(): Promise<void> {
    if (state.status === 'unknown') await renew(null);
  },

  /** Publishes the signed-out state without asking the server. */
  settleSignedOut(): void {
    if (state.status === 'unknown') publish({ status: 'signed-out', isEnding: isLeaving() });
    if (isLeaving()) void tryLeaving();
  },

  start(started: Session): void {
    // The new cookie has taken the place of the one to end; the server ended its session when it set the new one.
    localStorage.removeItem(LEAVING);
    adopt(started);
    announce({ kind: 'session', session: started });
  },

  /**
   * Ends the session on the server and here. When the server cannot be reached it ends here alone; the log-out is then
   * repeated while this page is open, and before the cookie is used again.
   */
  async end(): Promise<void> {
    localStorage.setItem(LEAVING, '1');
    await tryLeaving();
    if (!isLeaving()) return;
    forget();
    announce({ kind: 'signed-out' });
  },
};
