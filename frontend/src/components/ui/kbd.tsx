'use client';

import { useSyncExternalStore } from 'react';
import { cn } from '@/lib/cn';
import { keyLabels } from '@/lib/commands/keys';

const never = () => () => undefined;
const isMac = () => navigator.platform.startsWith('Mac');

/** The keys of a command. Not read aloud: `aria-keyshortcuts` on the control says it better. */
export function Kbd({ keys, className }: { keys: readonly string[]; className?: string }) {
  const mac = useSyncExternalStore(never, isMac, () => false);
  return (
    <span aria-hidden className={cn('inline-flex items-center gap-1 pointer-coarse:hidden', className)}>
      {keyLabels(keys, mac).map((label) => (
        <kbd
          key={label}
          className="inline-flex h-[1.125rem] min-w-[1.125rem] items-center justify-center rounded-sm border border-line bg-sunken px-1 font-sans text-2xs text-ink-muted"
        >
          {label}
        </kbd>
      ))}
    </span>
  );
}
