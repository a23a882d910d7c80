'use client';

import { CheckCircle2, Inbox } from 'lucide-react';
import Link from 'next/link';
import { ErrorState } from '@/components/patterns/error-state';
import { DetailSkeleton } from '@/components/patterns/skeleton';
import { Button } from '@/components/ui/button';
import { Sheet } from '@/components/ui/sheet';
import { useClient } from '@/entities/clients/api';
import type { Client } from '@/entities/clients/types';
import { ClientForm } from '@/entities/clients/ui/client-form';
import { useConversations } from '@/entities/conversations/api';
import { ShareLinks } from '@/entities/share-links/ui/share-links';
import { links } from '@/lib/url';

function WhereToGo({ client }: { client: Client }) {
  const conversation = useConversations(client.id).items?.[0];
  return (
    <div className="flex flex-wrap gap-2">
      {conversation && (
        <Button asChild size="sm">
          <Link href={links.conversation(conversation.id)}>
            <Inbox aria-hidden className="size-3.5" />
            Open conversation
          </Link>
        </Button>
      )}
      <Button asChild size="sm">
        <Link href={`/tasks?client=${client.id}`}>
          <CheckCircle2 aria-hidden className="size-3.5" />
          View tasks
        </Link>
      </Button>
    </div>
  );
}

/** One client over the list of all. */
export function ClientSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const { data: client, error, mutate } = useClient(id);
  return (
    <Sheet title="Client" onClose={onClose}>
      {!client && error && (
        <ErrorState title="The client did not load" error={error} onRetry={() => void mutate()} />
      )}
      {!(client || error) && <DetailSkeleton label="Loading the client" />}
      {client && (
        <div className="flex flex-col gap-6">
          <h2 dir="auto" className="font-semibold text-xl tracking-tight [overflow-wrap:anywhere]">
            {client.name}
          </h2>
          <WhereToGo client={client} />
          <ShareLinks clientId={client.id} clientName={client.name} />
          <ClientForm client={client} />
        </div>
      )}
    </Sheet>
  );
}
