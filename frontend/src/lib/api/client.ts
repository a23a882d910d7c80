import createClient from 'openapi-fetch';
import { traced } from '@/lib/trace/traced';
import { randomUuid } from '@/lib/uuid';
import { toApiError, toConnectionError } from './errors';
import type { paths } from './generated/schema';

/** Every request has this long to answer. */
export const DEADLINE_MS = 15_000;

/** The session that a request is sent for: the member's or the portal's. */
export type Credentials = {
  /** A token that is still good for a moment, renewed first if need be; null when there is none. */
  fresh(): Promise<string | null>;
  /** Gets another token after `refused` was refused. Resolves to null when the session is over. */
  renew(refused: string): Promise<string | null>;
};

function withDeadline(signal: AbortSignal | null): AbortSignal {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  return signal ? AbortSignal.any([signal, deadline]) : deadline;
}

function send(request: Request, token: string | null): Promise<Response> {
  const headers = new Headers(request.headers);
  if (token) headers.set('Authorization', `Bearer ${token}`);
  return fetch(new Request(request, { headers, signal: withDeadline(request.signal) }));
}

/** fetch with a token, a deadline, and one second attempt with another token after a 401. */
export function authorisedFetch(credentials: Credentials): (request: Request) => Promise<Response> {
  const authorised = async (request: Request) => {
    const token = await credentials.fresh();
    const again = request.clone();
    const response = await send(request, token);
    if (response.status !== 401 || !token) return response;
    const renewed = await credentials.renew(token);
    return renewed ? send(again, renewed) : response;
  };
  return (request) => traced(credentials, request, authorised);
}

export function createApi(credentials: Credentials) {
  return createClient<paths>({ fetch: authorisedFetch(credentials) });
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The body of a good answer; throws ApiError or ConnectionError otherwise. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  const answer = await call.catch((cause) => {
    throw toConnectionError(cause);
  });
  if (!answer.response.ok) throw toApiError(answer.response, answer.error);
  return answer.data as T;
}

/** Names one intention, so that the server does it once however often the request is sent. */
export function newIdempotencyKey(): string {
  return randomUuid();
}
