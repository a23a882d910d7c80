'use client';

import { useSyncExternalStore } from 'react';

export type Toast = {
  id: number;
  text: string;
  tone: 'plain' | 'danger';
  action?: { label: string; run: () => void } | undefined;
};

/** How long Undo is offered. */
export const UNDO_MS = 6000;
const NO_TOASTS: readonly Toast[] = [];
const MOST_SHOWN = 3;

let shown: readonly Toast[] = NO_TOASTS;
let lastId = 0;
const listeners = new Set<() => void>();

function publish(next: readonly Toast[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

export function dismissToast(id: number): void {
  publish(shown.filter((each) => each.id !== id));
}

/** Says something that happened, for a while, with at most one thing to do about it. */
export function toast({ text, tone = 'plain', action }: Partial<Toast> & { text: string }): void {
  lastId += 1;
  const id = lastId;
  publish([...shown, { id, text, tone, action }].slice(-MOST_SHOWN));
  setTimeout(() => dismissToast(id), UNDO_MS);
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
    () => NO_TOASTS,
  );
}
