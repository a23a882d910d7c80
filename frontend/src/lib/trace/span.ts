/**
 * Spans of the page, in OTLP's JSON form (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding), and their
 * W3C trace context (https://www.w3.org/TR/trace-context/). The OpenTelemetry SDK for the web would weigh more than
 * the rest of a page's own code.
 */

const KINDS = { internal: 1, client: 3 } as const;
const STATUS_ERROR = 2;

type Value = string | number;
type Attribute = { key: string; value: { stringValue: string } | { intValue: string } };

/** One finished span as OTLP wants it. */
export type SpanRecord = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attribute[];
  status?: { code: number };
};

export type SpanOptions = {
  kind?: keyof typeof KINDS;
  /** The `traceparent` to continue; without one a trace begins here. */
  parent?: string | undefined;
  /** When it began, on the clock of `performance.now()`. */
  startedAt?: number;
};

export type Span = {
  /** What a request sends along so that the server's spans become children of this one. */
  traceparent: string;
  /** Ends the span now. */
  end(attributes?: Record<string, Value>, failed?: boolean): SpanRecord;
};

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;

function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

/** Milliseconds since the epoch to nanoseconds, which a number cannot hold. */
function nanoseconds(milliseconds: number): string {
  return String(BigInt(Math.round(milliseconds * 1000)) * 1000n);
}

function toAttribute([key, value]: [string, Value]): Attribute {
  return { key, value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value } };
}

export function startSpan(
  name: string,
  { kind = 'internal', parent, startedAt = performance.now() }: SpanOptions = {},
): Span {
  const [, parentTrace, parentSpanId] = TRACEPARENT.exec(parent ?? '') ?? [];
  const traceId = parentTrace ?? randomHex(16);
  const spanId = randomHex(8);
  // The clock of `performance` stands still while a laptop sleeps: only the time since the start is read off it.
  const startedOn = Date.now() - (performance.now() - startedAt);
  return {
    traceparent: `00-${traceId}-${spanId}-01`,
    end: (attributes = {}, failed = false) => ({
      traceId,
      spanId,
      ...(parentSpanId && { parentSpanId }),
      name,
      kind: KINDS[kind],
      startTimeUnixNano: nanoseconds(startedOn),
      endTimeUnixNano: nanoseconds(startedOn + performance.now() - startedAt),
      attributes: Object.entries(attributes).map(toAttribute),
      ...(failed && { status: { code: STATUS_ERROR } }),
    }),
  };
}
