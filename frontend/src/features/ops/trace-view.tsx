'use client';

import { ArrowLeft, SearchX } from 'lucide-react';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import { EmptyState } from '@/components/patterns/empty-state';
import { ErrorState } from '@/components/patterns/error-state';
import { Page } from '@/components/patterns/page';
import { ListSkeleton } from '@/components/patterns/skeleton';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { useTrace } from '@/entities/traces/api';
import type { Trace } from '@/entities/traces/types';
import { isNotFound } from '@/lib/api/errors';
import { useMember } from '@/lib/auth/use-session';
import { formatMoment } from '@/lib/format/time';
import { formatDuration } from './duration';
import { serviceColour } from './service-colour';
import { SpanLine } from './span-line';
import { toRows } from './span-tree';

const TICKS = [0, 0.25, 0.5, 0.75];

function Summary({ trace, zone }: { trace: Trace; zone: string }) {
  const services = [...new Set(trace.spans.map(({ service }) => service))];
  return (
    <header className="flex flex-wrap items-center gap-x-5 gap-y-2 border-b px-4 py-3 sm:px-6">
      <div className="min-w-0 flex-1 basis-72">
        <h2 className="truncate font-semibold text-lg">{trace.name}</h2>
        <p className="text-ink-muted text-xs">
          {formatMoment(trace.started_at, zone)} · {formatDuration(trace.duration_ms)} · {trace.spans.length}{' '}
          {trace.spans.length === 1 ? 'span' : 'spans'}
        </p>
        <p className="select-all truncate font-mono text-2xs text-ink-faint">{trace.trace_id}</p>
      </div>
      {trace.error && <Badge tone="danger">Error</Badge>}
      <ul aria-label="Services" className="flex flex-wrap gap-x-4 gap-y-1">
        {services.map((service) => (
          <li key={service} className="flex items-center gap-1.5 text-ink-muted text-xs">
            <span
              aria-hidden
              className="size-2 rounded-full"
              style={{ background: serviceColour(service) }}
            />
            {service}
          </li>
        ))}
      </ul>
    </header>
  );
}

function Axis({ duration }: { duration: number }) {
  return (
    <div aria-hidden className="sticky top-0 z-10 flex h-7 border-b bg-surface text-2xs text-ink-muted">
      <span className="flex w-2/5 max-w-96 shrink-0 items-center px-4 sm:px-6">Span</span>
      <span className="tabular relative mr-20 flex-1">
        {TICKS.map((tick) => (
          <span
            key={tick}
            className="absolute inset-y-0 flex items-center whitespace-nowrap border-l pl-1"
            style={{ left: `${tick * 100}%` }}
          >
            {formatDuration(duration * tick)}
          </span>
        ))}
      </span>
    </div>
  );
}

function Waterfall({ trace }: { trace: Trace }) {
  const rows = useMemo(() => toRows(trace.spans), [trace]);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <Axis duration={trace.duration_ms} />
      <ol aria-label="Spans" className="pb-6">
        {rows.map(({ span, depth }) => (
          <SpanLine
            key={span.span_id}
            span={span}
            depth={depth}
            traceMs={trace.duration_ms}
            isOpen={open === span.span_id}
            onToggle={() => setOpen(open === span.span_id ? null : span.span_id)}
          />
        ))}
      </ol>
    </>
  );
}

function Content({ id }: { id: string }) {
  const { workspace } = useMember();
  const { data, error, mutate } = useTrace(id);
  if (!data && isNotFound(error)) {
    return (
      <EmptyState icon={<SearchX />} title="This trace is not kept">
        It was never collected, or it made room for newer ones.
      </EmptyState>
    );
  }
  if (!data && error) {
    return <ErrorState title="The trace did not load" error={error} onRetry={() => void mutate()} />;
  }
  if (!data) return <ListSkeleton label="Loading the trace" rows={10} />;
  return (
    <>
      <Summary trace={data} zone={workspace.timezone} />
      <Waterfall trace={data} />
    </>
  );
}

/** One trace as a waterfall: each step, its service, when it ran, for how long, and its cause. */
export function TraceView({ id }: { id: string }) {
  return (
    <Page
      title="Trace"
      actions={
        <Button asChild size="sm" variant="ghost">
          <Link href="/ops">
            <ArrowLeft aria-hidden className="size-3.5" />
            All traces
          </Link>
        </Button>
      }
    >
      <Content id={id} />
    </Page>
  );
}
