import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backoff, followStream, type StreamState } from './stream';

function body(...chunks: string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
}

const server = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

beforeEach(() => {
  server.mockReset();
  vi.stubGlobal('fetch', server);
  vi.spyOn(Math, 'random').mockReturnValue(1);
});
afterEach(() => vi.unstubAllGlobals());

function follow(stopAfter: number) {
  const stop = new AbortController();
  const heard: string[] = [];
  const states: StreamState[] = [];
  const done = followStream({
    url: '/live',
    credentials: { fresh: async () => 'token', renew: async () => 'renewed' },
    signal: stop.signal,
    lastEventId: null,
    onEvent: ({ data }) => {
      heard.push(data);
      if (heard.length === stopAfter) stop.abort();
    },
    onState: (state) => states.push(state),
  });
  return { done, heard, states };
}

const header = (call: number, name: string) => new Headers(server.mock.calls[call]?.[1].headers).get(name);

describe('the live stream', () => {
  it('is read across chunks and goes on from the last event after a break', async () => {
    server
      .mockResolvedValueOnce(new Response(body('id: 7\nda', 'ta: one\n\n: heartbeat\n\n')))
      .mockResolvedValueOnce(new Response(body('id: 8\ndata: two\n\n')));
    const { done, heard, states } = follow(2);
    await done;
    expect(heard).toEqual(['one', 'two']);
    expect(header(0, 'Last-Event-ID')).toBeNull();
    expect(header(1, 'Last-Event-ID')).toBe('7');
    expect(states.slice(0, 4)).toEqual(['connecting', 'live', 'waiting', 'connecting']);
  });

  it('asks for another token when its own is refused', async () => {
    server
      .mockResolvedValueOnce(new Response('', { status: 401 }))
      .mockResolvedValueOnce(new Response(body('data: one\n\n')));
    const { done } = follow(1);
    await done;
    expect(header(1, 'Authorization')).toBe('Bearer renewed');
  });

  it('connects again after the server could not be reached', async () => {
    server
      .mockRejectedValueOnce(new TypeError('down'))
      .mockResolvedValueOnce(new Response(body('data: one\n\n')));
    const { done, heard } = follow(1);
    await done;
    expect(heard).toEqual(['one']);
  });

  it('waits longer after each failure, up to half a minute', () => {
    const waits = [1, 2, 3, 20].map((failures) => backoff(failures, () => 0));
    expect(waits).toEqual([500, 1000, 2000, 30_000]);
    expect(backoff(1, () => 1)).toBe(250);
  });
});
