'use client';

import { ScrollText } from 'lucide-react';
import { EmptyState } from '@/components/patterns/empty-state';
import { ErrorState } from '@/components/patterns/error-state';
import { LoadMore } from '@/components/patterns/load-more';
import { ListSkeleton } from '@/components/patterns/skeleton';
import { Badge } from '@/components/ui/badge';
import { useOpsAudit } from '@/entities/audit/api';
import type { OpsAction } from '@/entities/audit/types';
import { useMember } from '@/lib/auth/use-session';
import { formatMoment } from '@/lib/format/time';
import { eventName } from './event-name';

function ActionRow({ action, zone }: { action: OpsAction; zone: string }) {
  return (
    <li className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 sm:px-6">
      <Badge tone={action.action === 'discard' ? 'danger' : 'accent'}>{action.action}</Badge>
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">
          {eventName(action.type)} <span className="font-normal text-ink-muted">from {action.queue}</span>
        </p>
        <p className="truncate text-ink-muted text-xs">
          {action.why ?? action.reason} · {action.actor}
        </p>
      </div>
      <time dateTime={action.at} className="tabular shrink-0 text-ink-muted text-xs">
        {formatMoment(action.at, zone)}
      </time>
    </li>
  );
}

/** What people did about dead letters. */
export function AuditList() {
  const { workspace } = useMember();
  const list = useOpsAudit();
  if (!list.items && list.error) {
    return <ErrorState title="The audit log did not load" error={list.error} onRetry={list.retry} />;
  }
  if (!list.items) return <ListSkeleton label="Loading the audit log" />;
  if (list.items.length === 0) {
    return (
      <EmptyState icon={<ScrollText />} title="Nothing was done yet">
        Each redrive and each discard of a dead letter is recorded here.
      </EmptyState>
    );
  }
  return (
    <>
      <ul aria-label="Audit log" className="divide-y divide-line">
        {list.items.map((action) => (
          <ActionRow key={action.id} action={action} zone={workspace.timezone} />
        ))}
      </ul>
      <LoadMore {...list} label="Show earlier actions" />
    </>
  );
}
