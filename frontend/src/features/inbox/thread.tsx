'use client';

import { MessagesSquare } from 'lucide-react';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { EmptyState } from '@/components/patterns/empty-state';
import { LoadMore } from '@/components/patterns/load-more';
import { useHasOps } from '@/entities/members/api';
import { groupMessages } from '@/entities/messages/group-messages';
import type { Message } from '@/entities/messages/types';
import type { Suggestion } from '@/entities/suggestions/types';
import type { SuggestionDecisions } from '@/entities/suggestions/use-suggestion-decisions';
import type { CursorList } from '@/lib/api/cursor-list';
import { useMember } from '@/lib/auth/use-session';
import { cn } from '@/lib/cn';
import { formatDayHeading } from '@/lib/format/time';
import { useNow } from '@/lib/now';
import { MessageItem, PendingMessage } from './message-item';
import { Suggestions } from './suggestions';

type ThreadProps = {
  messages: CursorList<Message>;
  suggestions: Suggestion[];
  decisions: SuggestionDecisions;
  /** The text of a message on its way. */
  pending: string | null;
  /** The message a link led to. */
  markedId: string | null;
  /** The suggestion that is pointed at: its quote stands out. */
  activeId: string | null;
  onActivate: (id: string | null) => void;
};

const NEAR_END_PX = 120;

/** Keeps the end of the thread in view as it grows, unless the reader has scrolled away from it. */
function useStayAtEnd(newestId: string | undefined, markedId: string | null) {
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);

  const onScroll = () => {
    const element = scroller.current;
    if (element)
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
  };

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const toEnd = () => {
      if (isAtEnd.current && !markedId) element.scrollTop = element.scrollHeight;
    };
    const observer = new ResizeObserver(toEnd);
    for (const child of element.children) observer.observe(child);
    observer.observe(element);
    toEnd();
    return () => observer.disconnect();
  }, [markedId]);

  useEffect(() => {
    if (newestId && isAtEnd.current && !markedId)
      scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [newestId, markedId]);

  return { scroller, onScroll };
}

/** Loads earlier messages until the one that a link led to is there, then brings it into view. */
function useShowMarked(messages: CursorList<Message>, markedId: string | null): void {
  const { items, hasMore, isLoadingMore, loadMore } = messages;
  const isLoaded = items?.some(({ id }) => id === markedId) ?? false;

  useEffect(() => {
    if (markedId && !isLoaded && hasMore && !isLoadingMore) loadMore().catch(() => undefined);
  }, [markedId, isLoaded, hasMore, isLoadingMore, loadMore]);

  useEffect(() => {
    if (!(markedId && isLoaded)) return;
    const element = document.getElementById(`message-${markedId}`);
    element?.scrollIntoView({ block: 'center' });
    element?.focus({ preventScroll: true });
  }, [markedId, isLoaded]);
}

export function Thread({
  messages,
  suggestions,
  decisions,
  pending,
  markedId,
  activeId,
  onActivate,
}: ThreadProps) {
  const { workspace } = useMember();
  const zone = workspace.timezone;
  const now = useNow();
  const hasOps = useHasOps();
  const oldestFirst = useMemo(() => (messages.items ?? []).toReversed(), [messages.items]);
  const groups = useMemo(() => groupMessages(oldestFirst, zone), [oldestFirst, zone]);
  const { scroller, onScroll } = useStayAtEnd(pending ?? messages.items?.[0]?.id, markedId);
  useShowMarked(messages, markedId);

  const shown = suggestions.filter(({ id, status }) => status === 'pending' || decisions.accepted.has(id));
  const byMessage = Map.groupBy(suggestions, ({ message_id }) => message_id);

  if (oldestFirst.length === 0 && pending === null) {
    return (
      <div className="min-h-0 flex-1 overflow-y-auto">
        <EmptyState icon={<MessagesSquare />} title="No messages yet">
          Write the first one, or wait for your client to open their link.
        </EmptyState>
      </div>
    );
  }
  return (
    <div
      ref={scroller}
      onScroll={onScroll}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className="min-h-0 flex-1 overflow-y-auto outline-offset-[-2px]"
    >
      <div
        className={cn(
          'mx-auto flex min-h-full flex-col justify-end gap-x-8 px-3 py-5 sm:px-5 xl:grid xl:items-end',
          shown.length > 0
            ? 'max-w-3xl xl:max-w-6xl xl:grid-cols-[minmax(0,1fr)_20rem]'
            : 'max-w-3xl xl:grid-cols-[minmax(0,1fr)]',
        )}
      >
        <div className="min-w-0">
          <LoadMore {...messages} label="Show earlier messages" />
          <ol aria-label="Messages" className="flex flex-col">
            {groups.map(({ message, startsDay, startsGroup }) => (
              <MessageItem
                key={message.id}
                message={message}
                dayHeading={startsDay ? formatDayHeading(message.created_at, zone, now) : null}
                startsGroup={startsGroup}
                zone={zone}
                suggestions={byMessage.get(message.id) ?? []}
                isMarked={message.id === markedId}
                hasTraces={hasOps === true}
                activeId={activeId}
                onActivate={onActivate}
              />
            ))}
            {pending !== null && <PendingMessage body={pending} />}
          </ol>
        </div>
        {shown.length > 0 && (
          <Suggestions
            suggestions={shown}
            decisions={decisions}
            order={oldestFirst}
            activeId={activeId}
            onActivate={onActivate}
          />
        )}
      </div>
    </div>
  );
}

export function ThreadSkeleton() {
  return (
    <div
      role="status"
      className="mx-auto flex w-full min-h-0 max-w-3xl flex-1 flex-col justify-end gap-4 px-5 py-6"
    >
      <span className="sr-only">Loading messages</span>
      <span className="skeleton h-12 w-3/5 rounded-xl!" />
      <span className="skeleton h-9 w-2/5 self-end rounded-xl!" />
      <span className="skeleton h-16 w-2/3 rounded-xl!" />
    </div>
  );
}
