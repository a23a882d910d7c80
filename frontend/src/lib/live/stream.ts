import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { Credentials } from '@/lib/api/client';

export type StreamState = 'connecting' | 'live' | 'waiting';

export type StreamOptions = {
  url: string;
  credentials: Credentials;
  signal: AbortSignal;
  /** Where to go on from, when an earlier stream was read. */
  lastEventId: string | null;
  onEvent: (event: EventSourceMessage) => void;
  onState: (state: StreamState) => void;
};

/** The server sends a heartbeat every 15 s; after three missing ones the connection is taken for dead. */
const SILENCE_MS = 45_000;
const CONNECT_MS = 10_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** The wait before attempt number `failures` (from 1), with up to a half off so that clients do not return as one. */
export function backoff(failures: number, random: () => number = Math.random): number {
  const full = Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS);
  return full * (1 - random() / 2);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      window.removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    window.addEventListener('online', done);
  });
}

/** Aborts when nothing has called `heard` for a while. */
function watchdog(outer: AbortSignal) {
  const controller = new AbortController();
  let timer = setTimeout(() => controller.abort(), CONNECT_MS);
  const stop = () => {
    clearTimeout(timer);
    outer.removeEventListener('abort', abort);
  };
  const abort = () => {
    stop();
    controller.abort();
  };
  outer.addEventListener('abort', abort);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort(), SILENCE_MS);
  };
  return { signal: controller.signal, heard, stop };
}

async function connect(options: StreamOptions, lastEventId: string | null, signal: AbortSignal) {
  const request = async (token: string | null) =>
    fetch(options.url, {
      headers: {
        Accept: 'text/event-stream',
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(lastEventId && { 'Last-Event-ID': lastEventId }),
      },
      cache: 'no-store',
      signal,
    });
  const token = await options.credentials.fresh();
  const response = await request(token);
  if (response.status !== 401 || !token) return response;
  const renewed = await options.credentials.renew(token);
  return renewed ? request(renewed) : response;
}

async function readAll(body: ReadableStream<Uint8Array>, onText: (text: string) => void): Promise<void> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onText(value);
  }
}

/** Reads the stream until `signal` aborts, connecting again whenever it ends. Resolves then; never rejects. */
export async function followStream(options: StreamOptions): Promise<void> {
  let { lastEventId } = options;
  let failures = 0;
  const parser = createParser({
    onEvent: (event) => {
      lastEventId = event.id ?? lastEventId;
      options.onEvent(event);
    },
  });

  while (!options.signal.aborted) {
    options.onState('connecting');
    const guard = watchdog(options.signal);
    try {
      const response = await connect(options, lastEventId, guard.signal);
      if (response.ok && response.body) {
        guard.heard();
        options.onState('live');
        await readAll(response.body, (text) => {
          failures = 0;
          guard.heard();
          parser.feed(text);
        });
      }
    } catch {
      // Offline, restarted or silent: all are answered by connecting again.
    }
    guard.stop();
    parser.reset();
    if (options.signal.aborted) return;
    failures += 1;
    options.onState('waiting');
    await pause(backoff(failures), options.signal);
  }
}
