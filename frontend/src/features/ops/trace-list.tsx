'use client';

import { Activity, ChevronDown, Search, X } from 'lucide-react';
import Link from 'next/link';
import { type FormEvent, useEffect, useState } from 'react';
import { EmptyState } from '@/components/patterns/empty-state';
import { ErrorState } from '@/components/patterns/error-state';
import { LoadMore } from '@/components/patterns/load-more';
import { ListSkeleton } from '@/components/patterns/skeleton';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { MenuButton } from '@/components/ui/menu-button';
import { type TraceFilter, useTraces } from '@/entities/traces/api';
import type { TraceSummary } from '@/entities/traces/types';
import { useMember } from '@/lib/auth/use-session';
import { cn } from '@/lib/cn';
import { formatAgo, formatMoment } from '@/lib/format/time';
import { useNow } from '@/lib/now';
import { links, type QueryChange, useQuery } from '@/lib/url';
import { useListKeys } from '@/lib/use-list-keys';
import { formatDuration } from './duration';

const DURATIONS = [
  { value: '0', label: 'Any duration' },
  { value: '100', label: 'Over 100 ms' },
  { value: '500', label: 'Over 500 ms' },
  { value: '1000', label: 'Over 1 s' },
];

const FILTER_LOOKS =
  'inline-flex h-7 pointer-coarse:h-9 items-center gap-1 rounded-md border px-2 text-xs transition-colors hover:bg-hover';
const SET_LOOKS = 'border-accent-line bg-accent-soft text-accent-text';

function IdField({ id, onSearch }: { id: string; onSearch: (id: string | null) => void }) {
  const [text, setText] = useState(id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSearch(text.trim() || null);
  };
  return (
    <search className="min-w-0 flex-1 max-sm:basis-full">
      <form onSubmit={submit} className="flex h-7 pointer-coarse:h-9 items-center gap-2">
        <Search aria-hidden className="size-4 shrink-0 text-ink-faint" />
        <input
          type="search"
          aria-label="Find traces by id"
          placeholder="Id of a task, message, event or trace"
          value={text}
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
          className="h-full min-w-0 flex-1 text-ellipsis bg-transparent text-sm outline-none placeholder:text-ink-faint"
        />
      </form>
    </search>
  );
}

function Filters({ filter, onChange }: { filter: TraceFilter; onChange: (changes: QueryChange) => void }) {
  const duration = String(filter.minMs ?? 0);
  return (
    <div className="flex flex-wrap items-center gap-1.5 border-b px-4 py-2 sm:px-6">
      <IdField key={filter.id ?? ''} id={filter.id ?? ''} onSearch={(id) => onChange({ id })} />
      <button
        type="button"
        aria-pressed={filter.errors}
        onClick={() => onChange({ errors: filter.errors ? null : '1' })}
        className={cn(FILTER_LOOKS, filter.errors ? SET_LOOKS : 'text-ink-muted')}
      >
        Errors only
      </button>
      <MenuButton
        sections={[
          {
            kind: 'choice',
            label: 'Duration',
            value: duration,
            options: DURATIONS,
            onChange: (value) => onChange({ slow: value === '0' ? null : value }),
          },
        ]}
        className={cn(FILTER_LOOKS, filter.minMs ? SET_LOOKS : 'text-ink-muted')}
      >
        {DURATIONS.find(({ value }) => value === duration)?.label ?? 'Duration'}
        <ChevronDown aria-hidden className="size-3.5 shrink-0" />
      </MenuButton>
      {(filter.id || filter.errors || filter.minMs) && (
        <Button size="sm" variant="ghost" onClick={() => onChange({ id: null, errors: null, slow: null })}>
          <X aria-hidden className="size-3.5" />
          Clear
        </Button>
      )}
    </div>
  );
}

function TraceRow({ trace, zone }: { trace: TraceSummary; zone: string }) {
  const now = useNow();
  return (
    <li className="relative flex min-h-14 items-center gap-3 px-4 py-2 transition-colors hover:bg-hover sm:px-6">
      <div className="min-w-0 flex-1">
        <Link
          href={links.trace(trace.trace_id)}
          data-list-link
          className="block truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {trace.name}
        </Link>
        <p className="truncate text-ink-muted text-xs">
          {trace.span_count} {trace.span_count === 1 ? 'span' : 'spans'} in {trace.services.join(', ')}
        </p>
      </div>
      {trace.error && <Badge tone="danger">Error</Badge>}
      <span className="tabular shrink-0 text-sm">{formatDuration(trace.duration_ms)}</span>
      <time
        dateTime={trace.started_at}
        title={formatMoment(trace.started_at, zone)}
        className="tabular w-10 shrink-0 text-right text-ink-muted text-xs"
      >
        {formatAgo(trace.started_at, zone, now)}
      </time>
    </li>
  );
}

export function TraceList() {
  const { workspace } = useMember();
  const [params, change] = useQuery();
  const filter = {
    id: params.get('id'),
    errors: params.get('errors') === '1',
    minMs: Number(params.get('slow')) || null,
  };
  const list = useTraces(filter);
  const only = filter.id && list.items?.length === 1 ? list.items[0] : undefined;
  useEffect(() => {
    // A search that finds one trace opens it instead of a list of one.
    if (only) change({ trace: only.trace_id, id: null }, 'replace');
  }, [only, change]);
  const listRef = useListKeys<HTMLUListElement>('trace');
  return (
    <>
      <Filters filter={filter} onChange={(changes) => change(changes, 'replace')} />
      {!list.items && !list.error && <ListSkeleton label="Loading traces" />}
      {!list.items && list.error !== undefined && (
        <ErrorState title="Traces did not load" error={list.error} onRetry={list.retry} />
      )}
      {list.items?.length === 0 && (
        <EmptyState icon={<Activity />} title="No trace matches">
          A trace appears a few seconds after what it shows. Older ones make room for newer ones.
        </EmptyState>
      )}
      {list.items && list.items.length > 0 && (
        <ul ref={listRef} aria-label="Traces" className="divide-y divide-line">
          {list.items.map((trace) => (
            <TraceRow key={trace.trace_id} trace={trace} zone={workspace.timezone} />
          ))}
        </ul>
      )}
      <LoadMore {...list} label="Show older traces" />
    </>
  );
}
