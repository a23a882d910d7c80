import { randomUuid } from './uuid';

type Lease = { owner: string; until: number };

/** How long a lease stands after the last sign of life of its holder. */
export const LEASE_MS = 6000;
const RENEW_MS = 2000;
const POLL_MS = 250;
/** Two tabs may write at the same moment; after this pause the one that wrote last finds its own name. */
const CONFIRM_MS = 30;

const queues = new Map<string, Promise<unknown>>();

function read(key: string): Lease | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as Lease | null;
  } catch {
    return null;
  }
}

function write(key: string, owner: string): void {
  localStorage.setItem(key, JSON.stringify({ owner, until: Date.now() + LEASE_MS } satisfies Lease));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function acquire(key: string, owner: string, signal?: AbortSignal): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const held = read(key);
    if (!held || held.until < Date.now()) {
      write(key, owner);
      await pause(CONFIRM_MS);
      if (read(key)?.owner === owner) return;
    }
    await pause(POLL_MS);
  }
}

/** Holds a lease in localStorage while `work` runs. */
async function leased<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const key = `smartstack.lease.${name}`;
  const owner = randomUuid();
  await acquire(key, owner, signal);
  const release = () => {
    if (read(key)?.owner === owner) localStorage.removeItem(key);
  };
  const renewal = setInterval(() => write(key, owner), RENEW_MS);
  window.addEventListener('pagehide', release);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    window.removeEventListener('pagehide', release);
    release();
  }
}

function oneAfterAnother<T>(name: string, run: () => Promise<T>): Promise<T> {
  const next = (queues.get(name) ?? Promise.resolve()).then(run, run);
  queues.set(
    name,
    next.catch(() => undefined),
  );
  return next;
}

/**
 * Runs `work` while no other tab of this browser runs work of the same name. Rejects when `signal` aborts before that.
 *
 * Browsers have locks on secure pages only; over plain http a lease in localStorage takes their place.
 */
export function withLock<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  if (navigator.locks && signal) return navigator.locks.request(name, { signal }, work);
  if (navigator.locks) return navigator.locks.request(name, work);
  return oneAfterAnother(name, () => leased(name, work, signal));
}
