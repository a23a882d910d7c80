'use client';

import { Plus, Search, Users } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { type FormEvent, useState } from 'react';
import { EmptyState } from '@/components/patterns/empty-state';
import { ErrorState } from '@/components/patterns/error-state';
import { LoadMore } from '@/components/patterns/load-more';
import { Page } from '@/components/patterns/page';
import { ListSkeleton } from '@/components/patterns/skeleton';
import { Avatar } from '@/components/ui/avatar';
import { Button } from '@/components/ui/button';
import { useClients } from '@/entities/clients/api';
import type { Client } from '@/entities/clients/types';
import { useMember } from '@/lib/auth/use-session';
import { isolate } from '@/lib/format/isolate';
import { formatAgo } from '@/lib/format/time';
import { useNow } from '@/lib/now';
import { changedQuery, useQuery } from '@/lib/url';
import { useListKeys } from '@/lib/use-list-keys';

const ClientSheet = dynamic(() => import('./client-sheet').then((module) => module.ClientSheet), {
  ssr: false,
});
const NewClient = dynamic(
  () => import('@/entities/clients/ui/new-client').then((module) => module.NewClient),
  { ssr: false },
);

function ClientRow({ client, href, zone }: { client: Client; href: string; zone: string }) {
  const now = useNow();
  return (
    <li className="relative flex min-h-14 items-center gap-3 px-4 py-2 transition-colors hover:bg-hover sm:px-6">
      <Avatar name={client.name} />
      <div className="min-w-0 flex-1">
        <Link
          href={href}
          scroll={false}
          data-list-link
          dir="auto"
          className="block truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {client.name}
        </Link>
        {client.notes && (
          <p dir="auto" className="truncate text-ink-muted text-xs">
            {client.notes}
          </p>
        )}
      </div>
      <span className="tabular shrink-0 text-ink-muted text-xs">
        {client.last_message_at ? formatAgo(client.last_message_at, zone, now) : 'No messages yet'}
      </span>
    </li>
  );
}

function SearchField({ q, onSearch }: { q: string; onSearch: (q: string) => void }) {
  const [text, setText] = useState(q);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSearch(text.trim());
  };
  return (
    <search>
      <form
        onSubmit={submit}
        className="flex h-11 items-center gap-2.5 border-b px-4 focus-within:bg-hover sm:px-6"
      >
        <Search aria-hidden className="size-4 shrink-0 text-ink-faint" />
        <input
          type="search"
          dir="auto"
          aria-label="Search clients"
          placeholder="Search clients"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            onSearch(event.target.value.trim());
          }}
          className="h-full min-w-0 flex-1 bg-transparent text-sm outline-none placeholder:text-ink-faint"
        />
      </form>
    </search>
  );
}

function NoClients({ q, onAdd }: { q: string; onAdd: () => void }) {
  if (q) return <EmptyState icon={<Search />} title={`No client matches “${isolate(q)}”`} />;
  return (
    <EmptyState
      icon={<Users />}
      title="No clients yet"
      action={
        <Button variant="primary" onClick={onAdd}>
          Add your first client
        </Button>
      }
    >
      Add one, send them a share link, and their messages arrive in your inbox.
    </EmptyState>
  );
}

function ClientList({ q, onAdd }: { q: string; onAdd: () => void }) {
  const { workspace } = useMember();
  const [params] = useQuery();
  const list = useClients(q);
  const listRef = useListKeys<HTMLUListElement>('client');
  if (!list.items && list.error) {
    return <ErrorState title="Clients did not load" error={list.error} onRetry={list.retry} />;
  }
  if (!list.items) return <ListSkeleton label="Loading clients" withAvatar />;
  if (list.items.length === 0) return <NoClients q={q} onAdd={onAdd} />;
  return (
    <>
      <ul ref={listRef} aria-label="Clients" className="divide-y divide-line">
        {list.items.map((client) => (
          <ClientRow
            key={client.id}
            client={client}
            zone={workspace.timezone}
            href={`/clients${changedQuery(params, { client: client.id })}`}
          />
        ))}
      </ul>
      <LoadMore {...list} label="Show more clients" />
    </>
  );
}

export function ClientsView() {
  const [params, change] = useQuery();
  const [q, setQ] = useState('');
  const openClient = params.get('client');
  const add = () => change({ new: '1', client: null });
  return (
    <Page
      title="Clients"
      actions={
        <Button size="sm" variant="primary" onClick={add}>
          <Plus aria-hidden className="size-3.5" />
          Add client
        </Button>
      }
    >
      <SearchField q={q} onSearch={setQ} />
      <ClientList q={q} onAdd={add} />
      {params.get('new') === '1' && (
        <NewClient
          onClose={() => change({ new: null }, 'replace')}
          onCreated={({ id }) => change({ new: null, client: id }, 'replace')}
        />
      )}
      {openClient && (
        <ClientSheet key={openClient} id={openClient} onClose={() => change({ client: null })} />
      )}
    </Page>
  );
}
