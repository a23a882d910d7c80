'use client';

import { type RefObject, useMemo, useRef } from 'react';
import { type Command, useCommands } from './commands/commands';

function links(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[data-list-link]') ?? [])];
}

function step(list: HTMLElement | null, by: 1 | -1): void {
  const all = links(list);
  const at = all.findIndex((link) => link === document.activeElement || link.ariaCurrent === 'true');
  const next = at === -1 ? (by === 1 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  all[next]?.focus();
  all[next]?.scrollIntoView({ block: 'nearest' });
}

/** The id of the item that has the focus, from `data-list-item` around it. */
export function focusedItem(): string | null {
  const item = document.activeElement?.closest<HTMLElement>('[data-list-item]');
  return item?.dataset.listItem ?? null;
}

/**
 * J and K walk through the links marked `data-list-link` inside the element that gets the ref. Enter is the
 * link's own. `name` says what is walked through: "task".
 */
export function useListKeys<T extends HTMLElement>(name: string): RefObject<T | null> {
  const list = useRef<T>(null);
  const commands = useMemo<Command[]>(
    () => [
      {
        id: `${name}.next`,
        title: `Next ${name}`,
        group: 'On this page',
        keys: ['j'],
        keyOnly: true,
        run: () => step(list.current, 1),
      },
      {
        id: `${name}.previous`,
        title: `Previous ${name}`,
        group: 'On this page',
        keys: ['k'],
        keyOnly: true,
        run: () => step(list.current, -1),
      },
    ],
    [name],
  );
  useCommands(commands);
  return list;
}
