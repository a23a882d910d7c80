import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { authorisedFetch, type Credentials, unwrap } from './client';
import { ApiError, ConnectionError, messageOf } from './errors';

const server = vi.fn<(request: Request) => Promise<Response>>();
const request = () => new Request('http://app.test/api/v1/tasks', { method: 'POST', body: '{"title":"x"}' });

function credentials(renewed: string | null): Credentials & { renewals: string[] } {
  const renewals: string[] = [];
  return {
    renewals,
    fresh: async () => 'old',
    renew: async (refused) => {
      renewals.push(refused);
      return renewed;
    },
  };
}

beforeEach(() => {
  server.mockReset();
  vi.stubGlobal('fetch', server);
});
afterEach(() => vi.unstubAllGlobals());

describe('requests', () => {
  it('carry the token and a deadline', async () => {
    server.mockResolvedValue(new Response('{}'));
    await authorisedFetch(credentials(null))(request());
    const sent = server.mock.calls[0]?.[0];
    expect(sent?.headers.get('Authorization')).toBe('Bearer old');
    expect(sent?.signal).toBeInstanceOf(AbortSignal);
  });

  it('are sent once more, whole, with the new token after a 401', async () => {
    server.mockResolvedValueOnce(new Response('', { status: 401 })).mockResolvedValueOnce(new Response('{}'));
    const who = credentials('new');
    const response = await authorisedFetch(who)(request());
    expect(response.status).toBe(200);
    expect(who.renewals).toEqual(['old']);
    const second = server.mock.calls[1]?.[0];
    expect(second?.headers.get('Authorization')).toBe('Bearer new');
    expect(await second?.text()).toBe('{"title":"x"}');
  });

  it('are not sent a third time when the new token is refused too', async () => {
    server.mockImplementation(async () => new Response('', { status: 401 }));
    const response = await authorisedFetch(credentials('new'))(request());
    expect(response.status).toBe(401);
    expect(server).toHaveBeenCalledTimes(2);
  });

  it('stay refused when the session is over', async () => {
    server.mockResolvedValue(new Response('', { status: 401 }));
    const response = await authorisedFetch(credentials(null))(request());
    expect(response.status).toBe(401);
    expect(server).toHaveBeenCalledTimes(1);
  });
});

describe('answers', () => {
  it('that refuse become an error that knows the fields', async () => {
    const error = {
      code: 'validation',
      detail: 'No.',
      errors: [{ field: 'body.fields.title', message: 'Too long.' }],
    };
    const response = new Response('', { status: 422 });
    const refused = await unwrap(Promise.resolve({ error, response })).catch((cause) => cause);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({
      status: 422,
      code: 'validation',
      message: 'No.',
      fields: { title: 'Too long.' },
    });
  });

  it('that never come become a connection error', async () => {
    await expect(unwrap(Promise.reject(new TypeError('failed')))).rejects.toBeInstanceOf(ConnectionError);
    const late = new DOMException('late', 'TimeoutError');
    await expect(unwrap(Promise.reject(late))).rejects.toMatchObject({ reason: 'timeout' });
  });

  it('that ask to wait say for how long', async () => {
    const response = new Response('', { status: 429, headers: { 'Retry-After': '30' } });
    const refused = await unwrap(Promise.resolve({ error: {}, response })).catch((cause) => cause);
    expect(messageOf(refused)).toContain('30 seconds');
  });
});
