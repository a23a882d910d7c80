import type { EventSourceMessage } from 'eventsource-parser';
import type { Credentials } from '@/lib/api/client';
import { withLock } from '@/lib/locks';
import type { LiveEvent } from './events';
import { followStream, type StreamState } from './stream';

/** What the tab that reads the stream sends to the others. */
type Shared =
  | { kind: 'event'; id: string | null; event: LiveEvent }
  | { kind: 'state'; state: StreamState }
  | { kind: 'ask' };

export type LiveOptions = {
  /** Tabs with the same name share one stream: it must say whose events they are. */
  name: string;
  url: string;
  credentials: Credentials;
  onEvent: (event: LiveEvent) => void;
  onState: (state: StreamState) => void;
};

function parse({ event, data }: EventSourceMessage): LiveEvent | null {
  try {
    const parsed = JSON.parse(data) as LiveEvent;
    return { ...parsed, type: event ?? parsed.type };
  } catch {
    return null;
  }
}

/**
 * Follows /live. Browsers allow six connections to a host over HTTP/1.1, so of all tabs only the one that holds
 * the lock reads the stream and passes on what it hears; when it closes, the next takes over where it stopped.
 *
 * Returns a function that stops following.
 */
export function followLive(options: LiveOptions): () => void {
  const stop = new AbortController();
  const channel = new BroadcastChannel(options.name);
  let lastEventId: string | null = null;
  let isLeader = false;
  let state: StreamState = 'connecting';

  const setState = (next: StreamState) => {
    state = next;
    options.onState(next);
  };

  channel.addEventListener('message', ({ data }: MessageEvent<Shared>) => {
    if (data.kind === 'ask') {
      if (isLeader) channel.postMessage({ kind: 'state', state } satisfies Shared);
    } else if (data.kind === 'state') {
      setState(data.state);
    } else {
      lastEventId = data.id ?? lastEventId;
      options.onEvent(data.event);
    }
  });
  channel.postMessage({ kind: 'ask' } satisfies Shared);

  const lead = () => {
    isLeader = true;
    return followStream({
      ...options,
      lastEventId,
      signal: stop.signal,
      onEvent: (message) => {
        const event = parse(message);
        if (!event) return;
        channel.postMessage({ kind: 'event', id: message.id ?? null, event } satisfies Shared);
        options.onEvent(event);
      },
      onState: (next) => {
        channel.postMessage({ kind: 'state', state: next } satisfies Shared);
        setState(next);
      },
    });
  };
  withLock(options.name, lead, stop.signal).catch(() => undefined);

  return () => {
    stop.abort();
    channel.close();
  };
}
