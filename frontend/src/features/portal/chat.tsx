'use client';

import { MessagesSquare } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Composer } from '@/components/patterns/composer';
import { EmptyState } from '@/components/patterns/empty-state';
import { ErrorState } from '@/components/patterns/error-state';
import { Avatar } from '@/components/ui/avatar';
import { Button } from '@/components/ui/button';
import { groupMessages } from '@/entities/messages/group-messages';
import type { Message } from '@/entities/messages/types';
import { useSending } from '@/entities/messages/use-sending';
import { cn } from '@/lib/cn';
import { isolate } from '@/lib/format/isolate';
import { formatClock, formatDayHeading } from '@/lib/format/time';
import { localZone, namedLocalZone } from '@/lib/format/zone';
import { useNow } from '@/lib/now';
import type { PortalVisit } from './portal-session';
import { usePortalMessages } from './use-portal-messages';

function Bubble({
  message,
  startsGroup,
  dayHeading,
  zone,
}: {
  message: Message;
  startsGroup: boolean;
  dayHeading: string | null;
  zone: string;
}) {
  const isOwn = message.direction === 'inbound';
  return (
    <li className={cn('flex flex-col', startsGroup ? 'pt-5' : 'pt-1')}>
      {dayHeading && <h2 className="mb-4 text-center text-ink-muted text-xs">{dayHeading}</h2>}
      <div className={cn('flex max-w-[85%] flex-col', isOwn ? 'items-end self-end' : 'items-start')}>
        {startsGroup && (
          <p className="mb-1 flex items-baseline gap-2 px-1 text-ink-muted text-xs">
            <bdi className="font-medium text-ink">{isOwn ? 'You' : message.author_name}</bdi>
            <time dateTime={message.created_at} className="tabular">
              {formatClock(message.created_at, zone)}
            </time>
          </p>
        )}
        <p
          dir="auto"
          className={cn(
            'whitespace-pre-wrap rounded-2xl px-4 py-2.5 [overflow-wrap:anywhere]',
            isOwn
              ? 'rounded-br-sm bg-own-message text-on-own-message'
              : 'rounded-bl-sm border bg-raised shadow-1',
          )}
        >
          {message.body}
        </p>
      </div>
    </li>
  );
}

function PendingBubble({ body }: { body: string }) {
  return (
    <li className="flex flex-col items-end pt-5">
      <p className="mb-1 px-1 text-ink-muted text-xs">Sending…</p>
      <p
        dir="auto"
        className="max-w-[85%] whitespace-pre-wrap rounded-2xl rounded-br-sm bg-own-message px-4 py-2.5 text-on-own-message [overflow-wrap:anywhere]"
      >
        {body}
      </p>
    </li>
  );
}

function ChatSkeleton() {
  return (
    <div role="status" className="flex flex-col gap-4">
      <span className="sr-only">Loading messages</span>
      <span className="skeleton h-12 w-3/5 rounded-2xl!" />
      <span className="skeleton h-10 w-2/5 self-end rounded-2xl!" />
      <span className="skeleton h-16 w-2/3 rounded-2xl!" />
    </div>
  );
}

function useScrollToEnd(newestId: string | undefined) {
  const scroller = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (newestId) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [newestId]);
  return scroller;
}

export function Chat({ visit }: { visit: PortalVisit }) {
  const { client, workspace } = visit.session;
  const { messages, error, live, hasEarlier, loadEarlier, reload, add } = usePortalMessages(visit);
  const [isLoading, setLoading] = useState(false);
  const { pending, send } = useSending(messages, async (body, key) => add(await visit.send(body, key)));
  const scroller = useScrollToEnd(pending ?? messages?.at(-1)?.id);
  const zone = localZone();
  const now = useNow();

  useEffect(() => {
    document.title = `${isolate(workspace.name)} · Messages`;
  }, [workspace.name]);

  const earlier = async () => {
    setLoading(true);
    await loadEarlier().catch(() => undefined);
    setLoading(false);
  };

  return (
    <div className="mx-auto flex h-dvh max-w-2xl flex-col">
      <header className="flex shrink-0 items-center gap-3 px-4 py-4 sm:px-6 sm:pt-8">
        <Avatar name={workspace.name} size="lg" />
        <div className="min-w-0">
          <h1 dir="auto" className="truncate font-semibold text-lg leading-tight tracking-tight">
            {workspace.name}
          </h1>
          <p className="truncate text-ink-muted text-sm">
            {live === 'waiting' ? (
              'Connection lost, trying again'
            ) : (
              <>
                Conversation with <bdi>{client.name}</bdi>
              </>
            )}
          </p>
        </div>
      </header>
      <main className="flex min-h-0 flex-1 flex-col overflow-hidden bg-surface sm:mx-6 sm:mb-6 sm:rounded-2xl sm:border sm:shadow-2">
        <div
          ref={scroller}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
          className="flex min-h-0 flex-1 flex-col overflow-y-auto px-4 py-5 outline-offset-[-2px] sm:px-6"
        >
          {!messages && error !== undefined && (
            <ErrorState title="Messages did not load" error={error} onRetry={() => void reload()} />
          )}
          {!(messages || error) && <ChatSkeleton />}
          {messages?.length === 0 && pending === null && (
            <EmptyState icon={<MessagesSquare />} title={`Write to ${isolate(workspace.name)}`}>
              Ask a question, send feedback, or say what you need. The answer appears here.
            </EmptyState>
          )}
          {messages && (messages.length > 0 || pending !== null) && (
            <div className="mt-auto">
              {hasEarlier && (
                <div className="flex justify-center">
                  <Button size="sm" variant="ghost" isBusy={isLoading} onClick={earlier}>
                    Show earlier messages
                  </Button>
                </div>
              )}
              <ol aria-label="Messages" aria-live="polite" className="flex flex-col">
                {groupMessages(messages, zone).map(({ message, startsDay, startsGroup }) => (
                  <Bubble
                    key={message.id}
                    message={message}
                    startsGroup={startsGroup}
                    dayHeading={startsDay ? formatDayHeading(message.created_at, zone, now) : null}
                    zone={zone}
                  />
                ))}
                {pending !== null && <PendingBubble body={pending} />}
              </ol>
            </div>
          )}
        </div>
        {namedLocalZone() === null && (
          <p className="px-4 pb-1 text-center text-ink-muted text-xs">
            Times are in UTC: this browser does not say its time zone.
          </p>
        )}
        <Composer
          label="Your message"
          placeholder="Write a message"
          draftId={`portal.${client.id}`}
          onSend={send}
        />
      </main>
    </div>
  );
}
