'use client';

import { ChevronRight, MailCheck, RotateCw, Trash2 } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { EmptyState } from '@/components/patterns/empty-state';
import { ErrorState } from '@/components/patterns/error-state';
import { LoadMore } from '@/components/patterns/load-more';
import { ListSkeleton } from '@/components/patterns/skeleton';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { groupKey, redrive, useDeadLetterGroups } from '@/entities/dead-letters/api';
import type { DeadLetterGroup } from '@/entities/dead-letters/types';
import { messageOf } from '@/lib/api/errors';
import { useMember } from '@/lib/auth/use-session';
import { cn } from '@/lib/cn';
import { formatMoment } from '@/lib/format/time';
import { toast } from '@/lib/toast';
import { DeadLetterMessages } from './dead-letter-messages';
import { eventName } from './event-name';
import { progressText } from './progress-text';

const DiscardDialog = dynamic(() => import('./discard-dialog').then((module) => module.DiscardDialog), {
  ssr: false,
});

function Actions({ group }: { group: DeadLetterGroup }) {
  const [isBusy, setBusy] = useState(false);
  const [isDiscarding, setDiscarding] = useState(false);
  const sendBack = async () => {
    setBusy(true);
    try {
      toast({ text: progressText(await redrive(group), 'sent back to be handled again') });
    } catch (error) {
      toast({ text: messageOf(error), tone: 'danger' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button size="sm" isBusy={isBusy} onClick={sendBack}>
        {!isBusy && <RotateCw aria-hidden className="size-3.5" />}
        Redrive
      </Button>
      <Button size="sm" variant="danger" onClick={() => setDiscarding(true)}>
        <Trash2 aria-hidden className="size-3.5" />
        Discard
      </Button>
      {isDiscarding && <DiscardDialog group={group} onClose={() => setDiscarding(false)} />}
    </>
  );
}

function GroupRow({ group, zone }: { group: DeadLetterGroup; zone: string }) {
  const [isOpen, setOpen] = useState(false);
  const name = eventName(group.type);
  return (
    <li>
      <div className="flex min-h-16 flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5 sm:px-6">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="flex min-w-0 flex-1 basis-64 items-start gap-2 rounded-md text-left"
        >
          <ChevronRight
            aria-hidden
            className={cn(
              'mt-0.5 size-4 shrink-0 text-ink-faint transition-transform',
              isOpen && 'rotate-90',
            )}
          />
          <span className="min-w-0">
            <span className="flex items-center gap-2 font-medium">
              <span className="truncate">{name}</span>
              <Badge tone="danger">{group.count}</Badge>
            </span>
            <span className="line-clamp-2 text-ink-muted text-xs [overflow-wrap:anywhere]">
              {group.reason}
            </span>
            <span className="block text-ink-muted text-xs">
              {group.queue} · since {formatMoment(group.oldest_at, zone)}
            </span>
          </span>
        </button>
        <Actions group={group} />
      </div>
      {isOpen && <DeadLetterMessages group={group} zone={zone} />}
    </li>
  );
}

/** What could not be handled, by event and reason, and what to do about it. */
export function DeadLetterList() {
  const { workspace } = useMember();
  const list = useDeadLetterGroups();
  if (!list.items && list.error) {
    return <ErrorState title="Dead letters did not load" error={list.error} onRetry={list.retry} />;
  }
  if (!list.items) return <ListSkeleton label="Loading dead letters" />;
  if (list.items.length === 0) {
    return (
      <EmptyState icon={<MailCheck />} title="No dead letters">
        Events that could not be handled wait here, with the reason, until a person sends them back or
        discards them.
      </EmptyState>
    );
  }
  return (
    <>
      <ul aria-label="Dead letters" className="divide-y divide-line">
        {list.items.map((group) => (
          <GroupRow key={groupKey(group)} group={group} zone={workspace.timezone} />
        ))}
      </ul>
      <LoadMore {...list} label="Show more dead letters" />
    </>
  );
}
