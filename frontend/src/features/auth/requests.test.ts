import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signUp } from './requests';

const user = { id: 'u', email: 'sam@studio.test', name: 'Sam' };
const wanted = { name: 'Sam', email: user.email, password: 'four words make one', workspace_name: 'Studio' };

/** A server that knows UTC and no other zone. */
const asked: string[] = [];
async function serve(request: Request): Promise<Response> {
  const { timezone } = await request.json();
  asked.push(timezone);
  if (timezone !== 'UTC') {
    const errors = [{ field: 'body.timezone', message: 'Unknown zone.' }];
    return Response.json({ code: 'invalid', title: 'Invalid', errors }, { status: 422 });
  }
  const workspace = { id: 'w', name: 'Studio', timezone };
  return Response.json({ access_token: 't', token_type: 'Bearer', expires_in: 600, user, workspace });
}

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal('fetch', serve);
});
afterEach(() => vi.unstubAllGlobals());

describe('signing up', () => {
  it('goes on in UTC when the server does not know the zone', async () => {
    expect(await signUp({ ...wanted, timezone: 'Moon/Tycho' })).toBe('UTC');
    expect(asked).toEqual(['Moon/Tycho', 'UTC']);
  });

  it('sends one request when the zone is known', async () => {
    await signUp({ ...wanted, timezone: 'UTC' });
    expect(asked).toEqual(['UTC']);
  });
});
