import type { Credentials } from '@/lib/api/client';
import type { SpanRecord } from './span';

const URL = '/api/v1/traces';
const WAIT_MS = 1000;
/** As many as the server takes in one request. */
const LARGEST_BATCH = 64;
const DEADLINE_MS = 5000;

const queued = new Map<Credentials, SpanRecord[]>();
let timer: ReturnType<typeof setTimeout> | undefined;

function request(token: string, spans: SpanRecord[]): Promise<Response> {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] };
  return fetch(URL, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'smartstack-web' }, spans }] }],
    }),
    // Goes on when the page is left.
    keepalive: true,
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
}

async function send(credentials: Credentials, spans: SpanRecord[]): Promise<void> {
  try {
    const token = await credentials.fresh();
    if (token) await request(token, spans);
  } catch {
    // A trace that is lost costs the user nothing, so it is neither reported nor retried.
  }
}

function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  for (const [credentials, spans] of queued) {
    for (let start = 0; start < spans.length; start += LARGEST_BATCH) {
      void send(credentials, spans.slice(start, start + LARGEST_BATCH));
    }
  }
  queued.clear();
}

/** Sends the spans within a second, with others of that time, as the one whose page it is. */
export function exportSpans(credentials: Credentials, ...spans: SpanRecord[]): void {
  queued.set(credentials, [...(queued.get(credentials) ?? []), ...spans]);
  timer ??= setTimeout(flush, WAIT_MS);
}

if (typeof window !== 'undefined') window.addEventListener('pagehide', flush);
