'use client';

import { Activity, CheckCircle2 } from 'lucide-react';
import Link from 'next/link';
import { memo } from 'react';
import type { Message } from '@/entities/messages/types';
import type { Suggestion } from '@/entities/suggestions/types';
import { cn } from '@/lib/cn';
import { highlight, type Span } from '@/lib/format/highlight';
import { formatClock, formatMoment } from '@/lib/format/time';
import { links } from '@/lib/url';

function spansOf(suggestions: readonly Suggestion[], messageId: string): Span[] {
  return suggestions
    .filter(({ status }) => status === 'pending')
    .flatMap(({ id, evidence }) =>
      evidence.filter((each) => each.message_id === messageId).map(({ start, end }) => ({ id, start, end })),
    );
}

type BodyProps = {
  message: Message;
  suggestions: readonly Suggestion[];
  activeId: string | null;
  onActivate: (id: string | null) => void;
};

/** The text of a message, with the words that suggestions rest on marked. */
function Body({ message, suggestions, activeId, onActivate }: BodyProps) {
  let at = 0;
  return highlight(message.body, spansOf(suggestions, message.id)).map(({ text, ids }) => {
    const key = at;
    at += text.length;
    if (ids.length === 0) return text;
    const isActive = activeId !== null && ids.includes(activeId);
    return (
      <mark
        key={key}
        className={cn(
          'rounded-[3px] box-decoration-clone px-0.5 -mx-0.5 transition-colors',
          isActive ? 'bg-mark-strong' : 'bg-mark',
        )}
        onPointerEnter={() => onActivate(ids[0] ?? null)}
        onPointerLeave={() => onActivate(null)}
      >
        {text}
      </mark>
    );
  });
}

function BecameTask({ taskId, isOutbound }: { taskId: string; isOutbound: boolean }) {
  return (
    <Link
      href={links.task(taskId)}
      className={cn(
        'mt-1 inline-flex items-center gap-1 text-ink-muted text-xs underline-offset-4 hover:text-accent-text hover:underline',
        isOutbound && 'self-end',
      )}
    >
      <CheckCircle2 aria-hidden className="size-3.5" />
      Became a task
    </Link>
  );
}

/** The way to what the system did about a message; out of sight until it is wanted. */
function TraceLink({ id, isOutbound }: { id: string; isOutbound: boolean }) {
  return (
    <Link
      href={links.tracesOf(id)}
      aria-label="Show trace"
      title="Show trace"
      className={cn(
        'absolute inset-y-0 my-auto flex size-7 items-center justify-center rounded-md text-ink-muted opacity-0 transition-opacity hover:bg-hover hover:text-ink focus-visible:opacity-100 group-hover:opacity-100',
        isOutbound ? 'right-full mr-1' : 'left-full ml-1',
      )}
    >
      <Activity aria-hidden className="size-3.5" />
    </Link>
  );
}

type MessageItemProps = BodyProps & {
  dayHeading: string | null;
  startsGroup: boolean;
  zone: string;
  isMarked: boolean;
  hasTraces: boolean;
};

export const MessageItem = memo(function MessageItem({
  message,
  dayHeading,
  startsGroup,
  zone,
  isMarked,
  hasTraces,
  ...body
}: MessageItemProps) {
  const isOutbound = message.direction === 'outbound';
  const tasks = body.suggestions.filter(({ status, task_id }) => status === 'accepted' && task_id);
  return (
    <li
      className={cn(
        '-mx-1 flex flex-col px-1 pb-0.5 [content-visibility:auto] [contain-intrinsic-size:auto_4rem]',
        startsGroup ? 'pt-4' : 'pt-1',
      )}
    >
      {dayHeading && (
        <h3 className="mb-3 flex items-center gap-3 text-ink-muted text-xs before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
          {dayHeading}
        </h3>
      )}
      <article
        id={`message-${message.id}`}
        tabIndex={-1}
        aria-label={`${message.author_name}, ${formatMoment(message.created_at, zone)}`}
        className={cn(
          'group flex max-w-[min(36rem,88%)] flex-col outline-none',
          isOutbound && 'items-end self-end',
        )}
      >
        {startsGroup && (
          <p className="mb-1 flex items-baseline gap-2 px-1 text-xs">
            <bdi className="font-medium">{message.author_name}</bdi>
            <time dateTime={message.created_at} className="tabular text-ink-muted">
              {formatClock(message.created_at, zone)}
            </time>
          </p>
        )}
        <div className="relative w-fit">
          <p
            dir="auto"
            className={cn(
              'whitespace-pre-wrap rounded-xl px-3 py-2 [overflow-wrap:anywhere]',
              isOutbound ? 'bg-accent-soft' : 'border bg-raised',
              isMarked && 'ring-2 ring-accent',
            )}
          >
            <Body message={message} {...body} />
          </p>
          {hasTraces && <TraceLink id={message.id} isOutbound={isOutbound} />}
        </div>
        {tasks.map(({ id, task_id }) => (
          <BecameTask key={id} taskId={task_id ?? ''} isOutbound={isOutbound} />
        ))}
      </article>
    </li>
  );
});

/** A message that the server does not have yet. */
export function PendingMessage({ body }: { body: string }) {
  return (
    <li className="flex flex-col items-end pt-4">
      <p className="mb-1 px-1 text-ink-muted text-xs">Sending…</p>
      <p
        dir="auto"
        className="w-fit max-w-[min(36rem,88%)] whitespace-pre-wrap rounded-xl bg-accent-soft px-3 py-2 [overflow-wrap:anywhere]"
      >
        {body}
      </p>
    </li>
  );
}
