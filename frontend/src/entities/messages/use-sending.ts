'use client';

import { useState } from 'react';
import type { Message } from './types';

type Send = (body: string, idempotencyKey: string) => Promise<unknown>;
type Pending = { body: string; known: ReadonlySet<string> };

/**
 * Shows a message before the server has it: `pending` is its text until it is among `messages`, which the live
 * stream may bring about before the answer comes, or until sending fails.
 */
export function useSending(messages: readonly Message[] | undefined, send: Send) {
  const [sending, setSending] = useState<Pending | null>(null);
  const hasArrived = messages?.some(({ id, body }) => body === sending?.body && !sending.known.has(id));

  const sendNow: Send = async (body, idempotencyKey) => {
    setSending({ body, known: new Set(messages?.map(({ id }) => id)) });
    try {
      await send(body, idempotencyKey);
    } finally {
      setSending(null);
    }
  };

  return { pending: sending && !hasArrived ? sending.body : null, send: sendNow };
}
