'use client';

import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import { useMemo, useRef, useState } from 'react';
import { Composer, type ComposerHandle } from '@/components/patterns/composer';
import { ErrorState } from '@/components/patterns/error-state';
import { Badge } from '@/components/ui/badge';
import { IconButton } from '@/components/ui/button';
import { useConversation } from '@/entities/conversations/api';
import { sendMessage, useMessages } from '@/entities/messages/api';
import { useSending } from '@/entities/messages/use-sending';
import { useConversationSuggestions } from '@/entities/suggestions/api';
import { useSuggestionDecisions } from '@/entities/suggestions/use-suggestion-decisions';
import { isNotFound } from '@/lib/api/errors';
import { type Command, useCommands } from '@/lib/commands/commands';
import { links, useQuery } from '@/lib/url';
import { focusFirstSuggestion } from './suggestions';
import { Thread, ThreadSkeleton } from './thread';

function Header({ id }: { id: string }) {
  const [, change] = useQuery();
  const conversation = useConversation(id);
  return (
    <header className="flex h-13 shrink-0 items-center gap-2 border-b px-3 sm:px-5">
      <IconButton
        label="Back to conversations"
        className="md:hidden"
        onClick={() => change({ c: null, m: null })}
      >
        <ArrowLeft aria-hidden className="size-4" />
      </IconButton>
      <h2 className="min-w-0 truncate font-semibold text-base">
        {conversation ? (
          <Link
            href={links.client(conversation.client_id)}
            dir="auto"
            className="underline-offset-4 hover:underline"
          >
            {conversation.client_name}
          </Link>
        ) : (
          'Conversation'
        )}
      </h2>
      {conversation && <Badge>Chat</Badge>}
      {conversation && conversation.status !== 'open' && <Badge>{conversation.status}</Badge>}
    </header>
  );
}

function usePageCommands(reply: () => void): void {
  const commands = useMemo<Command[]>(
    () => [
      { id: 'message.reply', title: 'Write a reply', group: 'On this page', keys: ['r'], run: reply },
      {
        id: 'suggestion.first',
        title: 'Go to the suggestions',
        group: 'On this page',
        keys: ['s'],
        run: focusFirstSuggestion,
      },
    ],
    [reply],
  );
  useCommands(commands);
}

type ConversationViewProps = { id: string; messageId: string | null };

/** One conversation: what was said, what AI makes of it, and the place to answer. */
export function ConversationView({ id, messageId }: ConversationViewProps) {
  const messages = useMessages(id);
  const suggestions = useConversationSuggestions(id);
  const decisions = useSuggestionDecisions();
  const composer = useRef<ComposerHandle>(null);
  const [activeId, setActiveId] = useState<string | null>(null);
  const reply = useMemo(() => () => composer.current?.focus(), []);
  const { pending, send } = useSending(messages.items, (body, key) => sendMessage(id, body, key));
  usePageCommands(reply);

  const known = suggestions.items ?? [];
  const failed = !messages.items && messages.error;

  return (
    <section aria-label="Conversation" className="flex min-h-0 min-w-0 flex-1 flex-col">
      <Header id={id} />
      {failed ? (
        <div className="min-h-0 flex-1">
          <ErrorState
            title={isNotFound(failed) ? 'There is no such conversation' : 'Messages did not load'}
            error={failed}
            onRetry={messages.retry}
          />
        </div>
      ) : messages.items ? (
        <Thread
          messages={messages}
          suggestions={known}
          decisions={decisions}
          pending={pending}
          markedId={messageId}
          activeId={activeId}
          onActivate={setActiveId}
        />
      ) : (
        <ThreadSkeleton />
      )}
      {!failed && (
        <Composer ref={composer} label="Reply" placeholder="Write a reply" draftId={id} onSend={send} />
      )}
    </section>
  );
}
