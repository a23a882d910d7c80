'use client';

import { useCallback, useEffect, useState } from 'react';
import type { Message } from '@/entities/messages/types';
import { followLive } from '@/lib/live/live';
import type { StreamState } from '@/lib/live/stream';
import { tracedShow } from '@/lib/trace/traced';
import type { PortalVisit } from './portal-session';

export type PortalMessages = {
  /** Oldest first; undefined until the first answer. */
  messages: Message[] | undefined;
  error: unknown;
  live: StreamState;
  hasEarlier: boolean;
  loadEarlier: () => Promise<void>;
  reload: () => Promise<void>;
  add: (message: Message) => void;
};

/** Both lists in one, without doubles. UUIDv7 ids sort by time. */
export function joined(some: readonly Message[], others: readonly Message[]): Message[] {
  const byId = new Map([...some, ...others].map((message) => [message.id, message]));
  return [...byId.values()].sort(
    (a, b) => a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id),
  );
}

/** The conversation as it grows, without the app's cache: the portal stays small. */
export function usePortalMessages(visit: PortalVisit): PortalMessages {
  const [messages, setMessages] = useState<Message[]>();
  const [cursor, setCursor] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(undefined);
  const [live, setLive] = useState<StreamState>('connecting');

  const reload = useCallback(async () => {
    try {
      const page = await visit.messages(null);
      setMessages((known) => {
        if (!known) setCursor(page.next_cursor);
        return joined(known ?? [], page.items);
      });
      setError(undefined);
    } catch (cause) {
      setError(cause);
    }
  }, [visit]);

  useEffect(() => {
    void reload();
    return followLive({
      name: `smartstack-portal-${visit.session.client.id}`,
      url: '/api/v1/live',
      credentials: visit,
      onEvent: (event) => {
        const isOurs = event.type.startsWith('message_') || event.type === 'reset';
        if (isOurs) void tracedShow(visit, event, reload);
      },
      onState: (next) => {
        setLive(next);
        if (next === 'live') void reload();
      },
    });
  }, [visit, reload]);

  const loadEarlier = useCallback(async () => {
    const page = await visit.messages(cursor);
    setCursor(page.next_cursor);
    setMessages((known) => joined(known ?? [], page.items));
  }, [visit, cursor]);

  const add = useCallback((message: Message) => setMessages((known) => joined(known ?? [], [message])), []);
  return { messages, error, live, hasEarlier: cursor !== null, loadEarlier, reload, add };
}
