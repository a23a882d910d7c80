import type { Credentials } from '@/lib/api/client';
import { exportSpans } from './exporter';
import { causeOfNow } from './interaction';
import { startSpan } from './span';

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The path without ids, as traces name it. */
function routeOf(url: string): string {
  return new URL(url).pathname.replace(ID, '{id}');
}

/**
 * Sends a request that changes something as the first part of a trace: the click that caused it, the call, and then all
 * that the server and those who hear of it do. Requests that only read are sent as they are.
 */
export async function traced(
  credentials: Credentials,
  request: Request,
  send: (request: Request) => Promise<Response>,
): Promise<Response> {
  if (request.method === 'GET' || request.method === 'HEAD') return send(request);
  const cause = causeOfNow();
  const name = `${request.method} ${routeOf(request.url)}`;
  const root = cause && startSpan(`${cause.type}: ${name}`, { startedAt: cause.at });
  const call = startSpan(name, {
    kind: 'client',
    parent: root?.traceparent,
  });
  const finish = (attributes: Record<string, string | number>, failed: boolean) => {
    const method = { 'http.request.method': request.method };
    exportSpans(credentials, call.end({ ...method, ...attributes }, failed));
    if (root) exportSpans(credentials, root.end());
  };
  const headers = new Headers(request.headers);
  headers.set('traceparent', call.traceparent);
  try {
    const response = await send(new Request(request, { headers }));
    finish({ 'http.response.status_code': response.status }, response.status >= 400);
    return response;
  } catch (error) {
    finish({ 'error.type': error instanceof Error ? error.name : 'unknown' }, true);
    throw error;
  }
}

function painted(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/** Continues the trace of an event for as long as it takes to bring it to the screen. */
export async function tracedShow(
  credentials: Credentials,
  event: { type: string; traceparent?: string },
  show: () => Promise<unknown>,
): Promise<void> {
  const isSeen = document.visibilityState === 'visible';
  const span =
    event.traceparent && isSeen ? startSpan(`show ${event.type}`, { parent: event.traceparent }) : null;
  await show();
  if (!span) return;
  await painted();
  exportSpans(credentials, span.end());
}
