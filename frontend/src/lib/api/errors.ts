/** What the API answers when it refuses (RFC 9457), as far as the app uses it. */
type Problem = {
  title?: string;
  detail?: string;
  code?: string;
  errors?: { field: string; message: string }[];
  trace_id?: string | null;
};

/** The server answered and refused. `fields` maps a field's name to what is wrong with it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Readonly<Record<string, string>> = {},
    readonly retryAfterSeconds: number | null = null,
    readonly traceId: string | null = null,
  ) {
    super(message);
  }
}

/** No answer came: the machine is offline, the server is unreachable, or the deadline passed. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';

  constructor(readonly reason: 'unreachable' | 'timeout') {
    super(reason === 'timeout' ? 'The server took too long to answer.' : 'The server cannot be reached.');
  }
}

/** `body.fields.title` and `title` both belong to the field `title` of a form. */
function fieldName(path: string): string {
  return path.split('.').at(-1) ?? path;
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null;
}

export function toApiError(response: Response, body: unknown): ApiError {
  const problem = isProblem(body) ? body : {};
  const fields = (problem.errors ?? []).map(({ field, message }) => [fieldName(field), message] as const);
  const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return new ApiError(
    response.status,
    problem.code ?? 'unknown',
    problem.detail ?? problem.title ?? `The server answered ${response.status}.`,
    Object.fromEntries(fields),
    Number.isFinite(retryAfter) ? retryAfter : null,
    problem.trace_id ?? null,
  );
}

/** What `fetch` throws, as one of ours. Passes aborts by the caller through untouched. */
export function toConnectionError(cause: unknown): unknown {
  if (!(cause instanceof Error) || cause.name === 'AbortError') return cause;
  if (cause.name === 'TimeoutError') return new ConnectionError('timeout');
  return cause instanceof TypeError ? new ConnectionError('unreachable') : cause;
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** Whether the thing was changed elsewhere since it was read. */
export function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}

/** Whether asking again may help: not when the server understood and said no. */
export function isWorthRetrying(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status >= 500 || error.status === 429;
}

/** One sentence for a person. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError && error.status === 429) {
    const wait = error.retryAfterSeconds;
    return wait
      ? `Too many attempts. Try again in ${wait} seconds.`
      : 'Too many attempts. Try again in a moment.';
  }
  if (isStale(error)) return 'This was changed elsewhere in the meantime. Try again.';
  if (error instanceof ApiError && error.status >= 500) return 'Something went wrong on our side. Try again.';
  if (error instanceof ApiError || error instanceof ConnectionError) return error.message;
  return 'Something went wrong. Try again.';
}
