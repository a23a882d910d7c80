import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Session } from '@/lib/api/types';

const server = vi.fn<(url: string) => Promise<Response>>();

function answer(access_token: string, expires_in = 600): Response {
  const user = { id: 'u', email: 'sam@studio.test', name: 'Sam' };
  const workspace = { id: 'w', name: 'Studio', timezone: 'UTC' };
  const session: Session = { access_token, token_type: 'Bearer', expires_in, user, workspace };
  return Response.json(session);
}

/** One lock at a time, as browsers have it. */
function lockManager() {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    request: (_name: string, work: () => Promise<unknown>) => {
      const run = tail.then(work);
      tail = run.catch(() => undefined);
      return run;
    },
  };
}

async function load() {
  vi.resetModules();
  return (await import('./session')).session;
}

beforeEach(() => {
  server.mockReset();
  localStorage.clear();
  vi.stubGlobal('fetch', server);
  vi.stubGlobal('BroadcastChannel', undefined);
  Object.defineProperty(navigator, 'locks', { configurable: true, value: lockManager() });
});
afterEach(() => vi.unstubAllGlobals());

describe('the session', () => {
  it('is taken up from the refresh cookie', async () => {
    server.mockResolvedValue(answer('one'));
    const session = await load();
    await session.boot();
    expect(session.read()).toMatchObject({ status: 'signed-in', user: { name: 'Sam' } });
    expect(await session.fresh()).toBe('one');
    expect(session.isLikely()).toBe(true);
  });

  it('uses the cookie once however many requests were refused', async () => {
    server.mockResolvedValueOnce(answer('one')).mockResolvedValueOnce(answer('two'));
    const session = await load();
    await session.boot();
    const tokens = await Promise.all([session.renew('one'), session.renew('one'), session.renew('one')]);
    expect(tokens).toEqual(['two', 'two', 'two']);
    expect(server).toHaveBeenCalledTimes(2);
  });

  it('renews a token that is about to expire before it is used', async () => {
    server.mockResolvedValueOnce(answer('short', 10)).mockResolvedValueOnce(answer('long'));
    const session = await load();
    await session.boot();
    expect(await session.fresh()).toBe('long');
  });

  it('ends when the cookie is refused', async () => {
    server.mockResolvedValue(new Response('', { status: 401 }));
    const session = await load();
    await session.boot();
    expect(session.read()).toEqual({ status: 'signed-out', isEnding: false });
    expect(session.isLikely()).toBe(false);
  });

  it('stays unknown when the server cannot be reached, so that nobody is thrown out', async () => {
    server.mockRejectedValue(new TypeError('down'));
    const session = await load();
    await expect(session.boot()).rejects.toMatchObject({ name: 'ConnectionError' });
    expect(session.read()).toEqual({ status: 'unknown' });
  });

  it.each([
    ['the connection broke', () => Promise.reject(new TypeError('reset'))],
    ['a proxy answered', async () => new Response('', { status: 502 })],
  ])('survives an answer that got lost because %s', async (_why, lost) => {
    server.mockImplementationOnce(lost).mockResolvedValueOnce(answer('one'));
    const session = await load();
    await session.boot();
    expect(await session.fresh()).toBe('one');
    expect(server).toHaveBeenCalledTimes(2);
  });

  it('works where the browser has no locks', async () => {
    Object.defineProperty(navigator, 'locks', { configurable: true, value: undefined });
    server.mockResolvedValueOnce(answer('one')).mockResolvedValueOnce(answer('two'));
    const session = await load();
    await session.boot();
    const tokens = await Promise.all([session.renew('one'), session.renew('one')]);
    expect(tokens).toEqual(['two', 'two']);
    expect(server).toHaveBeenCalledTimes(2);
  });

  it('ends here, says so and is marked when the log-out does not get through', async () => {
    for (const failure of [
      () => Promise.reject(new TypeError('down')),
      async () => new Response('', { status: 503 }),
    ]) {
      localStorage.clear();
      server.mockReset();
      server.mockResolvedValueOnce(answer('one')).mockImplementationOnce(failure);
      const session = await load();
      await session.boot();
      await session.end();
      expect(session.read()).toEqual({ status: 'signed-out', isEnding: true });
      expect(await session.fresh()).toBeNull();
    }
  });

  it('is logged out before the cookie is used again', async () => {
    server.mockResolvedValueOnce(answer('one')).mockRejectedValueOnce(new TypeError('down'));
    const former = await load();
    await former.boot();
    await former.end();
    server.mockReset();
    server
      .mockRejectedValueOnce(new TypeError('still down'))
      .mockResolvedValue(new Response(null, { status: 204 }));
    const session = await load();
    await expect(session.boot()).rejects.toMatchObject({ name: 'ConnectionError' });
    await session.boot();
    expect(server.mock.calls.map(([url]) => url)).toEqual(['/api/v1/auth/logout', '/api/v1/auth/logout']);
    expect(session.read()).toEqual({ status: 'signed-out', isEnding: false });
  });

  it('repeats a log-out while the page is open', async () => {
    vi.useFakeTimers();
    try {
      server.mockResolvedValueOnce(answer('one')).mockRejectedValueOnce(new TypeError('down'));
      server.mockResolvedValueOnce(new Response('', { status: 503 }));
      server.mockResolvedValue(new Response(null, { status: 204 }));
      const session = await load();
      await session.boot();
      await session.end();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(session.read()).toEqual({ status: 'signed-out', isEnding: false });
      expect(server).toHaveBeenCalledTimes(4);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is not revived by a refresh that was under way when it ended', async () => {
    server.mockResolvedValueOnce(answer('one'));
    const session = await load();
    await session.boot();
    let reply: (response: Response) => void = () => undefined;
    server.mockImplementationOnce(() => new Promise((resolve) => (reply = resolve)));
    server.mockResolvedValue(new Response(null, { status: 204 }));
    const renewed = session.renew('one');
    await vi.waitFor(() => expect(server).toHaveBeenCalledTimes(2), 60_000);
    const ended = session.end();
    reply(answer('two'));
    await Promise.all([renewed, ended]);
    expect(session.read()).toEqual({ status: 'signed-out', isEnding: false });
    expect(await session.fresh()).toBeNull();
  });

  it('that is started ends the wish to leave the former one', async () => {
    server.mockRejectedValue(new TypeError('down'));
    const session = await load();
    await session.end();
    session.start(await answer('two').json());
    expect(session.read()).toMatchObject({ status: 'signed-in' });
    server.mockReset();
    server.mockResolvedValue(answer('three'));
    const next = await load();
    await next.boot();
    expect(server.mock.calls.map(([url]) => url)).toEqual(['/api/v1/auth/refresh']);
  });
});
