'use client';

import { Inbox, MessagesSquare } from 'lucide-react';
import Link from 'next/link';
import { EmptyState } from '@/components/patterns/empty-state';
import { ErrorState } from '@/components/patterns/error-state';
import { LoadMore } from '@/components/patterns/load-more';
import { ListSkeleton } from '@/components/patterns/skeleton';
import { Avatar } from '@/components/ui/avatar';
import { Button } from '@/components/ui/button';
import { useConversations } from '@/entities/conversations/api';
import type { Conversation } from '@/entities/conversations/types';
import { useMember } from '@/lib/auth/use-session';
import { cn } from '@/lib/cn';
import { formatAgo } from '@/lib/format/time';
import { useNow } from '@/lib/now';
import { links, useQuery } from '@/lib/url';
import { useListKeys } from '@/lib/use-list-keys';
import { ConversationView } from './conversation-view';

type RowProps = { conversation: Conversation; isOpen: boolean; zone: string };

function ConversationRow({ conversation, isOpen, zone }: RowProps) {
  const now = useNow();
  const { last_message_at, last_message_preview, last_message_direction } = conversation;
  const awaitsReply = last_message_direction === 'inbound';
  return (
    <li
      className={cn(
        'relative flex gap-3 px-4 py-3 transition-colors',
        isOpen ? 'bg-pressed' : 'hover:bg-hover',
      )}
    >
      <Avatar name={conversation.client_name} />
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline gap-2">
          <Link
            href={links.conversation(conversation.id)}
            scroll={false}
            data-list-link
            dir="auto"
            aria-current={isOpen ? 'true' : undefined}
            className="min-w-0 flex-1 truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          >
            {conversation.client_name}
          </Link>
          {last_message_at && (
            <time dateTime={last_message_at} className="tabular shrink-0 text-ink-muted text-xs">
              {formatAgo(last_message_at, zone, now)}
            </time>
          )}
        </div>
        <p className={cn('truncate text-sm', awaitsReply ? 'text-ink' : 'text-ink-muted')}>
          {last_message_direction === 'outbound' && 'You: '}
          <bdi>{last_message_preview ?? 'No messages yet'}</bdi>
        </p>
      </div>
      {awaitsReply && (
        <span title="Awaiting your reply" className="mt-2 size-1.5 shrink-0 rounded-full bg-accent">
          <span className="sr-only">Awaiting your reply</span>
        </span>
      )}
    </li>
  );
}

function NoConversations() {
  return (
    <EmptyState
      icon={<Inbox />}
      title="No conversations yet"
      action={
        <Button asChild variant="primary">
          <Link href="/clients">Go to clients</Link>
        </Button>
      }
    >
      Send a client their share link. What they write appears here.
    </EmptyState>
  );
}

function ConversationList({ openId }: { openId: string | null }) {
  const { workspace } = useMember();
  const list = useConversations();
  const listRef = useListKeys<HTMLUListElement>('conversation');
  if (!list.items && list.error) {
    return <ErrorState title="Conversations did not load" error={list.error} onRetry={list.retry} />;
  }
  if (!list.items) return <ListSkeleton label="Loading conversations" withAvatar />;
  if (list.items.length === 0) return <NoConversations />;
  return (
    <>
      <ul ref={listRef} aria-label="Conversations" className="divide-y divide-line">
        {list.items.map((conversation) => (
          <ConversationRow
            key={conversation.id}
            conversation={conversation}
            isOpen={conversation.id === openId}
            zone={workspace.timezone}
          />
        ))}
      </ul>
      <LoadMore {...list} label="Show more conversations" />
    </>
  );
}

export function InboxView() {
  const [params] = useQuery();
  const openId = params.get('c');
  const hasConversations = (useConversations().items?.length ?? 0) > 0;
  return (
    <div className="flex min-h-0 flex-1">
      <h1 className="sr-only">Inbox</h1>
      <section
        aria-label="Conversations"
        className={cn(
          'flex min-h-0 w-full flex-col border-r md:w-72 md:shrink-0 xl:w-80',
          openId && 'max-md:hidden',
        )}
      >
        <header className="flex h-13 shrink-0 items-center border-b px-4">
          <span aria-hidden className="font-semibold text-base">
            Inbox
          </span>
        </header>
        <div className="min-h-0 flex-1 overflow-y-auto">
          <ConversationList openId={openId} />
        </div>
      </section>
      {openId ? (
        <ConversationView key={openId} id={openId} messageId={params.get('m')} />
      ) : (
        <div className="hidden flex-1 place-items-center md:grid">
          {hasConversations && (
            <EmptyState icon={<MessagesSquare />} title="No conversation open">
              Choose one from the list, or press J.
            </EmptyState>
          )}
        </div>
      )}
    </div>
  );
}
