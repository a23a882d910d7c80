'use client';

import { Link2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { CopyButton } from '@/components/patterns/copy-button';
import { LoadMore } from '@/components/patterns/load-more';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { SelectField, TextField } from '@/components/ui/field';
import { FormFailure } from '@/components/ui/form-failure';
import { createShareLink, revokeShareLink, useShareLinks } from '@/entities/share-links/api';
import type { ShareLink, ShareLinkCreated } from '@/entities/share-links/types';
import { newIdempotencyKey } from '@/lib/api/client';
import { messageOf } from '@/lib/api/errors';
import { useMember } from '@/lib/auth/use-session';
import { formatDate, formatMoment } from '@/lib/format/time';
import { useNow } from '@/lib/now';
import { toast } from '@/lib/toast';

const DAY_MS = 86_400_000;
const LIFETIMES = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '180', label: '180 days' },
];

function expiry(days: string): string {
  return new Date(Date.now() + Number(days) * DAY_MS).toISOString();
}

function NewLink({ link, clientName, zone }: { link: ShareLinkCreated; clientName: string; zone: string }) {
  return (
    <div className="enter-rise flex flex-col gap-2.5 rounded-lg border border-accent-line bg-accent-soft p-3">
      <p className="text-sm">
        Send this to <bdi>{clientName}</bdi>. It is shown only once and works until{' '}
        {formatDate(link.expires_at, zone)}.
      </p>
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <TextField
            label="Share link address"
            hideLabel
            readOnly
            value={link.url}
            onFocus={(event) => event.target.select()}
            className="font-mono text-xs!"
          />
        </div>
        <CopyButton text={link.url} label="Copy link" className="h-9" />
      </div>
    </div>
  );
}

function isExpired(link: ShareLink, now: Date): boolean {
  return new Date(link.expires_at) < now;
}

function uses({ use_count, last_used_at }: ShareLink, zone: string): string {
  if (use_count === 0 || !last_used_at) return 'not opened yet';
  return `opened ${use_count === 1 ? 'once' : `${use_count} times`}, last ${formatMoment(last_used_at, zone)}`;
}

function LinkRow({ link, zone }: { link: ShareLink; zone: string }) {
  const now = useNow();
  const isRevoked = link.revoked_at !== null;
  const isOver = isRevoked || isExpired(link, now);
  const [isBusy, setBusy] = useState(false);
  const revoke = async () => {
    setBusy(true);
    try {
      await revokeShareLink(link.id);
      toast({ text: 'Share link revoked' });
    } catch (error) {
      toast({ text: messageOf(error), tone: 'danger' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <li className="flex min-h-13 items-center gap-3 py-2">
      <Link2 aria-hidden className="size-4 shrink-0 text-ink-faint" />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm">Created {formatMoment(link.created_at, zone)}</p>
        <p className="text-ink-muted text-xs">
          Until {formatDate(link.expires_at, zone)}, {uses(link, zone)}
        </p>
      </div>
      {isOver && <Badge tone={isRevoked ? 'plain' : 'warn'}>{isRevoked ? 'Revoked' : 'Expired'}</Badge>}
      {!isOver && (
        <Button
          size="sm"
          variant="ghost"
          isBusy={isBusy}
          aria-label={`Revoke link created ${formatMoment(link.created_at, zone)}`}
          onClick={revoke}
        >
          Revoke
        </Button>
      )}
    </li>
  );
}

/** The addresses under which a client reaches their side without an account. */
export function ShareLinks({ clientId, clientName }: { clientId: string; clientName: string }) {
  const { workspace } = useMember();
  const zone = workspace.timezone;
  const list = useShareLinks(clientId);
  const [days, setDays] = useState('30');
  const [created, setCreated] = useState<ShareLinkCreated | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const key = useRef<string>(undefined);

  const create = async () => {
    setBusy(true);
    setFailure(null);
    key.current ??= newIdempotencyKey();
    try {
      setCreated(await createShareLink(clientId, expiry(days), key.current));
      key.current = undefined;
    } catch (error) {
      setFailure(messageOf(error));
    } finally {
      setBusy(false);
    }
  };

  const isRevoked = list.items?.some(({ id, revoked_at }) => id === created?.id && revoked_at);
  return (
    <section aria-labelledby="share-links" className="flex flex-col gap-3 border-t pt-5">
      <div>
        <h3 id="share-links" className="font-semibold text-sm">
          Share links
        </h3>
        <p className="text-ink-muted text-xs">
          Everyone with the address can write to you as <bdi>{clientName}</bdi>.
        </p>
      </div>
      <FormFailure message={failure} />
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <SelectField
            label="Works for"
            value={days}
            options={LIFETIMES}
            onChange={(event) => {
              key.current = undefined;
              setDays(event.target.value);
            }}
          />
        </div>
        <Button className="h-9" isBusy={isBusy} onClick={create}>
          Create share link
        </Button>
      </div>
      {created && !isRevoked && <NewLink link={created} clientName={clientName} zone={zone} />}
      {list.error !== undefined && !list.items && (
        <p role="alert" className="text-danger text-xs">
          The links did not load. {messageOf(list.error)}
        </p>
      )}
      {list.items && list.items.length > 0 && (
        <ul aria-label="Share links" className="divide-y divide-line">
          {list.items.map((link) => (
            <LinkRow key={link.id} link={link} zone={zone} />
          ))}
        </ul>
      )}
      <LoadMore {...list} label="Show more links" />
    </section>
  );
}
