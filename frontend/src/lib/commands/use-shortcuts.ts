'use client';

import { useEffect } from 'react';
import { isComposing } from '@/lib/composition';
import { activeCommands } from './commands';
import { createSequence, keyName } from './keys';

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

function isModalOpen(): boolean {
  return document.querySelector('[role="dialog"], [role="menu"]') !== null;
}

function mayRun(key: string, event: KeyboardEvent): boolean {
  if (event.defaultPrevented || isComposing(event)) return false;
  if (key.startsWith('mod+')) return true;
  return !(isTyping(event.target) || isModalOpen());
}

/** Listens for the keys of all active commands. Mounted once, by the shell. */
export function useShortcuts(): void {
  useEffect(() => {
    const feed = createSequence(activeCommands);
    const onKeyDown = (event: KeyboardEvent) => {
      const key = keyName(event);
      if (!key || !mayRun(key, event)) return;
      const command = feed(key);
      if (!command) return;
      event.preventDefault();
      command.run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
