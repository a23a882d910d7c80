import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SpanRecord, startSpan } from './span';
import { traced, tracedShow } from './traced';

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/;
const credentials = { fresh: async () => 'token', renew: async () => null };
const collector = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

function exported(): SpanRecord[] {
  return collector.mock.calls.flatMap(([, init]) => {
    const { resourceSpans } = JSON.parse(String(init.body));
    return resourceSpans[0].scopeSpans[0].spans as SpanRecord[];
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  collector.mockReset().mockResolvedValue(new Response('', { status: 202 }));
  vi.stubGlobal('fetch', collector);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a span', () => {
  it('begins a trace, or continues the one it is given', () => {
    const root = startSpan('click');
    const child = startSpan('POST', { kind: 'client', parent: root.traceparent });
    expect(root.traceparent).toMatch(TRACEPARENT);
    const [parent, record] = [root.end(), child.end()];
    expect(parent.parentSpanId).toBeUndefined();
    expect(record).toMatchObject({ traceId: parent.traceId, parentSpanId: parent.spanId, kind: 3 });
  });

  it('that is given nonsense to continue begins a trace', () => {
    expect(startSpan('show', { parent: '00-xyz' }).end().parentSpanId).toBeUndefined();
  });

  it('says in nanoseconds when it began and ended', () => {
    vi.setSystemTime(1_700_000_000_000);
    const span = startSpan('click');
    vi.advanceTimersByTime(25);
    const { startTimeUnixNano, endTimeUnixNano } = span.end();
    expect(startTimeUnixNano).toBe('1700000000000000000');
    expect(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)).toBe(25_000_000n);
  });
});

describe('a request that changes something', () => {
  const url = 'http://app.test/api/v1/tasks/0193b8f0-0000-7000-8000-000000000001/complete';

  it('carries its span along, and the span is exported with the answer', async () => {
    const send = vi.fn(async (_: Request) => new Response('', { status: 200 }));
    await traced(credentials, new Request(url, { method: 'POST' }), send);
    const sent = send.mock.calls[0]?.[0].headers.get('traceparent');
    await vi.runAllTimersAsync();
    const [span] = exported();
    expect(sent).toBe(`00-${span?.traceId}-${span?.spanId}-01`);
    expect(span?.name).toBe('POST /api/v1/tasks/{id}/complete');
    expect(span?.status).toBeUndefined();
  });

  it('that fails is exported as failed, and fails for the caller as before', async () => {
    const send = () => Promise.reject(new TypeError('offline'));
    const request = new Request(url, { method: 'POST' });
    await expect(traced(credentials, request, send)).rejects.toThrow('offline');
    await vi.runAllTimersAsync();
    expect(exported()[0]?.status).toEqual({ code: 2 });
  });

  it('succeeds although nothing collects its trace', async () => {
    collector.mockRejectedValue(new TypeError('offline'));
    const response = await traced(
      credentials,
      new Request(url, { method: 'POST' }),
      async () => new Response('ok'),
    );
    await vi.runAllTimersAsync();
    expect(await response.text()).toBe('ok');
  });
});

describe('what is not traced', () => {
  it('is a request that only reads', async () => {
    await traced(credentials, new Request('http://app.test/api/v1/tasks'), async () => new Response(''));
    await vi.runAllTimersAsync();
    expect(collector).not.toHaveBeenCalled();
  });

  it('is an event that tells of no trace', async () => {
    const show = vi.fn(async () => undefined);
    await tracedShow(credentials, { type: 'task_created' }, show);
    await vi.runAllTimersAsync();
    expect(show).toHaveBeenCalled();
    expect(collector).not.toHaveBeenCalled();
  });
});

describe('an event on the screen', () => {
  it('ends the trace that it came from', async () => {
    const event = startSpan('create comms-events');
    const shown = tracedShow(
      credentials,
      { type: 'suggestion_created', traceparent: event.traceparent },
      async () => undefined,
    );
    await vi.runAllTimersAsync();
    await shown;
    await vi.runAllTimersAsync();
    const { traceId, spanId } = event.end();
    expect(exported()[0]).toMatchObject({ traceId, parentSpanId: spanId, name: 'show suggestion_created' });
  });
});
