'use client';

import { CircleCheckBig, TriangleAlert, UserPlus } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { EmptyState } from '@/components/patterns/empty-state';
import { ErrorState } from '@/components/patterns/error-state';
import { Page } from '@/components/patterns/page';
import { Avatar } from '@/components/ui/avatar';
import { Button } from '@/components/ui/button';
import { useClients } from '@/entities/clients/api';
import type { Conversation } from '@/entities/conversations/types';
import type { Suggestion } from '@/entities/suggestions/types';
import { SuggestionCard } from '@/entities/suggestions/ui/suggestion-card';
import { useSuggestionDecisions } from '@/entities/suggestions/use-suggestion-decisions';
import type { Task } from '@/entities/tasks/types';
import { TaskRow } from '@/entities/tasks/ui/task-row';
import { useToday } from '@/entities/today/api';
import type { Today } from '@/entities/today/types';
import { useMember } from '@/lib/auth/use-session';
import { greeting } from '@/lib/format/greeting';
import { formatAgo, formatDate } from '@/lib/format/time';
import { useNow } from '@/lib/now';
import { links } from '@/lib/url';
import { useListKeys } from '@/lib/use-list-keys';
import { TodaySkeleton } from './today-skeleton';
import { useLingering } from './use-lingering';

/** What each owner of data contributes to this page, in words for a notice. */
const CONTRIBUTIONS: Record<string, string> = {
  tasks: 'tasks',
  comms: 'conversations',
  ai: 'suggestions',
};

function MissingNotice({ missing, onRetry }: { missing: readonly string[]; onRetry: () => void }) {
  if (missing.length === 0) return null;
  const parts = missing.map((owner) => CONTRIBUTIONS[owner] ?? owner);
  const what = new Intl.ListFormat('en', { type: 'conjunction' }).format(parts);
  return (
    <div
      role="status"
      className="enter-fade flex items-center gap-3 rounded-lg bg-warn-soft py-2 pr-2 pl-3.5 text-sm text-warn"
    >
      <TriangleAlert aria-hidden className="size-4 shrink-0" />
      <p className="min-w-0 flex-1">Right now {what} cannot be shown. The rest is up to date.</p>
      <Button size="sm" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}

function Section({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  if (count === 0) return null;
  const id = `today-${title.toLowerCase().replaceAll(' ', '-')}`;
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mb-2 flex items-center gap-2 font-semibold text-sm">
        {title}
        <span className="tabular font-normal text-ink-muted">{count}</span>
      </h2>
      {children}
    </section>
  );
}

function TaskSection({ title, tasks, zone }: { title: string; tasks: Task[]; zone: string }) {
  return (
    <Section title={title} count={tasks.length}>
      <ul className="divide-y divide-line overflow-hidden rounded-xl border bg-raised shadow-1">
        {tasks.map((task) => (
          <TaskRow key={task.id} task={task} zone={zone} href={links.task(task.id)} />
        ))}
      </ul>
    </Section>
  );
}

function AwaitingReply({ conversations, zone }: { conversations: Conversation[]; zone: string }) {
  const now = useNow();
  return (
    <Section title="Awaiting your reply" count={conversations.length}>
      <ul className="divide-y divide-line overflow-hidden rounded-xl border bg-raised shadow-1">
        {conversations.map(({ id, client_name, last_message_preview, last_message_at }) => (
          <li
            key={id}
            className="relative flex items-center gap-3 px-4 py-2.5 transition-colors hover:bg-hover"
          >
            <Avatar name={client_name} size="sm" />
            <div className="min-w-0 flex-1 sm:flex sm:items-baseline sm:gap-3">
              <Link
                href={links.conversation(id)}
                data-list-link
                dir="auto"
                className="shrink-0 font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
              >
                {client_name}
              </Link>
              <p dir="auto" className="min-w-0 truncate text-ink-muted text-sm">
                {last_message_preview}
              </p>
            </div>
            {last_message_at && (
              <time dateTime={last_message_at} className="tabular shrink-0 text-ink-muted text-xs">
                {formatAgo(last_message_at, zone, now)}
              </time>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function SuggestionSection({ suggestions, count }: { suggestions: Suggestion[]; count: number }) {
  const { accepted, accept, dismiss } = useSuggestionDecisions();
  const shown = useLingering(suggestions, accepted);
  const more = count - suggestions.length;
  return (
    <Section title="Suggestions" count={shown.length + Math.max(more, 0)}>
      <ul className="grid items-start gap-3 lg:grid-cols-2">
        {shown.map((suggestion) => (
          <li key={suggestion.id}>
            <SuggestionCard
              suggestion={suggestion}
              taskId={accepted.get(suggestion.id)}
              onAccept={accept}
              onDismiss={dismiss}
              showSource
            />
          </li>
        ))}
      </ul>
      {more > 0 && (
        <Button asChild size="sm" variant="ghost" className="mt-2">
          <Link href="/inbox">{more} more in the inbox</Link>
        </Button>
      )}
    </Section>
  );
}

function isAllClear({ tasks, suggestions, conversations, missing }: Today): boolean {
  const waiting = tasks.overdue.length + tasks.due_today.length + suggestions.count;
  return waiting + conversations.awaiting_reply.length + missing.length === 0;
}

/** A workspace without clients has nothing to show yet: say how it begins. */
function FirstSteps() {
  return (
    <EmptyState
      icon={<UserPlus />}
      title="Start with a client"
      action={
        <Button asChild variant="primary">
          <Link href="/clients?new=1">Add your first client</Link>
        </Button>
      }
    >
      Send them their share link. What they write arrives in your inbox, with the tasks it asks for.
    </EmptyState>
  );
}

function AllClear() {
  const clients = useClients();
  if (clients.isLoading) return null;
  if (clients.items?.length === 0) return <FirstSteps />;
  return (
    <EmptyState
      icon={<CircleCheckBig />}
      title="All clear"
      action={
        <Button asChild>
          <Link href="/tasks">See all tasks</Link>
        </Button>
      }
    >
      Nothing is due, no client waits for a reply, and no suggestion waits for you.
    </EmptyState>
  );
}

function Content({ today, onRetry }: { today: Today; onRetry: () => void }) {
  const zone = today.timezone;
  return (
    <>
      <MissingNotice missing={today.missing} onRetry={onRetry} />
      {isAllClear(today) && <AllClear />}
      <SuggestionSection suggestions={today.suggestions.items} count={today.suggestions.count} />
      <AwaitingReply conversations={today.conversations.awaiting_reply} zone={zone} />
      <TaskSection title="Overdue" tasks={today.tasks.overdue} zone={zone} />
      <TaskSection title="Due today" tasks={today.tasks.due_today} zone={zone} />
    </>
  );
}

/** What needs a person today, from every part of the workspace. */
export function TodayView() {
  const { user, workspace } = useMember();
  const { data, error, mutate } = useToday();
  const now = useNow();
  const listRef = useListKeys<HTMLDivElement>('item');
  const retry = () => void mutate();
  return (
    <Page title="Today">
      <div ref={listRef} className="mx-auto flex max-w-4xl flex-col gap-8 px-4 pt-8 pb-16 sm:px-8">
        <div>
          <p className="font-semibold text-2xl tracking-tight">
            {greeting(user.name, workspace.timezone, now)}
          </p>
          <p className="mt-1 text-ink-muted">{formatDate(now.toISOString(), workspace.timezone)}</p>
        </div>
        {!data && error !== undefined && (
          <ErrorState title="Today did not load" error={error} onRetry={retry} />
        )}
        {!(data || error) && <TodaySkeleton />}
        {data && <Content today={data} onRetry={retry} />}
      </div>
    </Page>
  );
}
