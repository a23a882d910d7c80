'use client';

import { Activity } from 'lucide-react';
import { useId } from 'react';
import { EmptyState } from '@/components/patterns/empty-state';
import { Page } from '@/components/patterns/page';
import { useHasOps } from '@/entities/members/api';
import { cn } from '@/lib/cn';
import { useQuery } from '@/lib/url';
import { AuditList } from './audit-list';
import { DeadLetterList } from './dead-letter-list';
import { Health } from './health';
import { TraceList } from './trace-list';
import { TraceView } from './trace-view';

const VIEWS = [
  { name: 'traces', title: 'Traces', View: TraceList },
  { name: 'dead-letters', title: 'Dead letters', View: DeadLetterList },
  { name: 'health', title: 'Health', View: Health },
  { name: 'audit', title: 'Audit', View: AuditList },
] as const;

type ViewName = (typeof VIEWS)[number]['name'];

function Tabs({
  panelId,
  value,
  onChange,
}: {
  panelId: string;
  value: ViewName;
  onChange: (name: ViewName) => void;
}) {
  const move = (by: number) => {
    const at = VIEWS.findIndex(({ name }) => name === value);
    const next = VIEWS[(at + by + VIEWS.length) % VIEWS.length];
    if (!next) return;
    onChange(next.name);
    document.getElementById(`${panelId}-${next.name}`)?.focus();
  };
  return (
    <div role="tablist" aria-label="Ops" className="flex gap-1 overflow-x-auto border-b px-3 sm:px-5">
      {VIEWS.map(({ name, title }) => (
        <button
          key={name}
          id={`${panelId}-${name}`}
          type="button"
          role="tab"
          aria-selected={name === value}
          aria-controls={panelId}
          tabIndex={name === value ? 0 : -1}
          onClick={() => onChange(name)}
          onKeyDown={({ key }) => {
            if (key === 'ArrowRight') move(1);
            if (key === 'ArrowLeft') move(-1);
          }}
          className={cn(
            '-mb-px h-10 shrink-0 border-b-2 px-2 font-medium text-sm transition-colors',
            name === value ? 'border-accent text-ink' : 'border-transparent text-ink-muted hover:text-ink',
          )}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

/** The system at work and its failures: traces, dead letters, queues, and the audit of what people did. */
export function OpsView() {
  const [params, change] = useQuery();
  const hasOps = useHasOps();
  const panelId = useId();
  const trace = params.get('trace');
  if (trace) return <TraceView id={trace} />;
  const current = VIEWS.find(({ name }) => name === params.get('view')) ?? VIEWS[0];
  const show = (name: ViewName) => change({ view: name === 'traces' ? null : name, id: null });
  return (
    <Page title="Ops">
      <Tabs panelId={panelId} value={current.name} onChange={show} />
      <div id={panelId} role="tabpanel" aria-labelledby={`${panelId}-${current.name}`}>
        {hasOps === false ? (
          <EmptyState icon={<Activity />} title="Ops is not available here">
            Only owners and admins see it, where the installation collects its own traces.
          </EmptyState>
        ) : (
          <current.View />
        )}
      </div>
    </Page>
  );
}
