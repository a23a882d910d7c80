'use client';

import { useSyncExternalStore } from 'react';
import { messageOf } from '@/lib/api/errors';
import { toast, UNDO_MS } from '@/lib/toast';

/** A change that waits for the undo toast to pass before it is sent. Until then the thing is only hidden. */
type Deferred = {
  id: string;
  /** What the toast says. */
  done: string;
  /** Sends the change and fetches again what shows it. */
  commit: () => Promise<unknown>;
};

const NOTHING: ReadonlySet<string> = new Set();
let hidden: ReadonlySet<string> = NOTHING;
const waiting = new Map<string, () => void>();
const listeners = new Set<() => void>();

function setHidden(id: string, isHidden: boolean): void {
  const next = new Set(hidden);
  if (isHidden) next.add(id);
  else next.delete(id);
  hidden = next;
  for (const listener of listeners) listener();
}

async function commitNow({ id, commit }: Deferred): Promise<void> {
  try {
    await commit();
  } catch (error) {
    toast({ text: messageOf(error), tone: 'danger' });
  } finally {
    setHidden(id, false);
  }
}

/** Hides `id` at once, offers Undo, and commits when the offer ends or the page is left. */
export function deferWithUndo(deferred: Deferred): void {
  const { id } = deferred;
  setHidden(id, true);
  const timer = setTimeout(() => finish(), UNDO_MS);
  const finish = () => {
    clearTimeout(timer);
    if (waiting.delete(id)) void commitNow(deferred);
  };
  waiting.set(id, finish);
  toast({
    text: deferred.done,
    action: {
      label: 'Undo',
      run: () => {
        clearTimeout(timer);
        if (waiting.delete(id)) setHidden(id, false);
      },
    },
  });
}

/** Sends everything that still waits. Called when the page goes away. */
export function commitWaiting(): void {
  for (const finish of [...waiting.values()]) finish();
}

if (typeof window !== 'undefined') window.addEventListener('pagehide', commitWaiting);

/** Ids of what is on its way out: lists leave them out. */
export function useHidden(): ReadonlySet<string> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => hidden,
    () => NOTHING,
  );
}
