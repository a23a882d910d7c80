'use client';

import Link from 'next/link';
import { useState } from 'react';
import { ErrorState } from '@/components/patterns/error-state';
import { LoadMore } from '@/components/patterns/load-more';
import { ListSkeleton } from '@/components/patterns/skeleton';
import { Button } from '@/components/ui/button';
import { useDeadLetter, useDeadLetters } from '@/entities/dead-letters/api';
import type { DeadLetter, DeadLetterGroup } from '@/entities/dead-letters/types';
import { messageOf } from '@/lib/api/errors';
import { formatMoment } from '@/lib/format/time';
import { links } from '@/lib/url';

function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function Body({ queue, id }: { queue: string; id: string }) {
  const { data, error } = useDeadLetter(queue, id);
  if (error) return <p className="mt-2 text-danger text-xs">{messageOf(error)}</p>;
  return (
    <pre className="mt-2 max-h-80 overflow-auto rounded-md border bg-surface p-3 font-mono text-2xs">
      {data ? readable(data.body) : 'Loading…'}
    </pre>
  );
}

function Message({ letter, zone }: { letter: DeadLetter; zone: string }) {
  const [isShown, setShown] = useState(false);
  const id = letter.event_id ?? letter.message_id;
  return (
    <li className="px-4 py-2 pl-10 sm:pl-12">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs">
        <code className="min-w-0 flex-1 basis-64 select-all truncate">{id}</code>
        <span className="tabular text-ink-muted">
          {letter.attempts} {letter.attempts === 1 ? 'attempt' : 'attempts'} ·{' '}
          {formatMoment(letter.sent_at, zone)}
        </span>
        {letter.trace_id && (
          <Link
            href={links.trace(letter.trace_id)}
            className="text-accent-text underline-offset-4 hover:underline"
          >
            Show trace
          </Link>
        )}
        <Button size="sm" variant="ghost" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? 'Hide event' : 'Show event'}
        </Button>
      </div>
      {isShown && <Body queue={letter.queue} id={id} />}
    </li>
  );
}

/** The messages of a group, one by one. */
export function DeadLetterMessages({ group, zone }: { group: DeadLetterGroup; zone: string }) {
  const list = useDeadLetters(group);
  return (
    <div className="border-t bg-sunken">
      {!list.items && list.error !== undefined && (
        <ErrorState title="The messages did not load" error={list.error} onRetry={list.retry} />
      )}
      {!list.items && !list.error && <ListSkeleton label="Loading messages" rows={2} />}
      <ul aria-label="Messages" className="divide-y divide-line">
        {list.items?.map((letter) => (
          <Message key={letter.message_id} letter={letter} zone={zone} />
        ))}
      </ul>
      <LoadMore {...list} label="Show more messages" />
    </div>
  );
}
