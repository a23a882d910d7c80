import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

type Tone = 'plain' | 'accent' | 'warn' | 'danger';

const TONES: Record<Tone, string> = {
  plain: 'border border-line text-ink-muted',
  accent: 'bg-accent-soft text-accent-text',
  warn: 'bg-warn-soft text-warn',
  danger: 'bg-danger-soft text-danger',
};

export function Badge({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={cn(
        'inline-flex h-5 shrink-0 items-center gap-1 whitespace-nowrap rounded-sm px-1.5 font-medium text-xs [&>svg]:size-3',
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
