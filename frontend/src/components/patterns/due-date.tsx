'use client';

import { CalendarClock } from 'lucide-react';
import { cn } from '@/lib/cn';
import { type DueTone, formatDue } from '@/lib/format/due';
import { formatMoment } from '@/lib/format/time';
import { useNow } from '@/lib/now';

const TONES: Record<DueTone, string> = {
  overdue: 'text-danger',
  today: 'text-warn',
  soon: 'text-ink',
  later: 'text-ink-muted',
};

type DueDateProps = { dueAt: string; zone: string; isDone?: boolean };

/** When something is due, in the workspace's zone; it gets louder as the time comes. */
export function DueDate({ dueAt, zone, isDone = false }: DueDateProps) {
  const { text, tone } = formatDue(dueAt, zone, useNow());
  const isLate = tone === 'overdue' && !isDone;
  return (
    <time
      dateTime={dueAt}
      title={formatMoment(dueAt, zone)}
      className={cn(
        'tabular inline-flex shrink-0 items-center gap-1 whitespace-nowrap text-xs',
        isDone ? 'text-ink-muted' : TONES[tone],
      )}
    >
      <CalendarClock aria-hidden className="size-3.5" />
      <span className="sr-only">{isLate ? 'Overdue since' : 'Due'}</span>
      {text}
    </time>
  );
}
