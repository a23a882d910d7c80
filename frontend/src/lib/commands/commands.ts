'use client';

import { useEffect, useSyncExternalStore } from 'react';

export type CommandGroup = 'Go to' | 'Create' | 'On this page' | 'General';

/** One thing a person can do: the palette, the shortcuts and the ? sheet all read this. */
export type Command = {
  id: string;
  title: string;
  group: CommandGroup;
  /** Keys pressed one after another: `['g', 't']`; `mod+k` is Ctrl+K, on a Mac Command+K. */
  keys?: readonly string[];
  /** Further words to find it by. */
  keywords?: string;
  /** Commands that only make sense as a key (next, previous) stay out of the palette. */
  keyOnly?: boolean;
  run: () => void;
};

const NONE: readonly Command[] = [];
let sets: readonly (readonly Command[])[] = [];
let active: readonly Command[] = NONE;
const listeners = new Set<() => void>();

function replace(next: readonly (readonly Command[])[]): void {
  sets = next;
  // What was registered last (the page, above the shell) wins over the same id or keys.
  active = sets.toReversed().flat();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function activeCommands(): readonly Command[] {
  return active;
}

/** Offers commands while the component is mounted. Memoise the array. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    replace([...sets, commands]);
    return () => replace(sets.filter((set) => set !== commands));
  }, [commands]);
}

export function useActiveCommands(): readonly Command[] {
  return useSyncExternalStore(subscribe, activeCommands, () => NONE);
}
