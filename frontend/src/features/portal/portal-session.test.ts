import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PortalVisit, takeLinkToken } from './portal-session';

beforeEach(() => {
  sessionStorage.clear();
  history.replaceState(null, '', '/portal');
});

describe('the token of a share link', () => {
  it('leaves the address as soon as it is read, and this tab keeps it', () => {
    history.replaceState(null, '', '/portal?lang=en#secret');
    const entries = history.length;
    expect(takeLinkToken()).toBe('secret');
    expect(location.pathname + location.search + location.hash).toBe('/portal?lang=en');
    expect(history.length).toBe(entries);
    expect(takeLinkToken()).toBe('secret');
  });

  it('is the newest one that was opened', () => {
    history.replaceState(null, '', '/portal#one');
    takeLinkToken();
    history.replaceState(null, '', '/portal#two');
    expect(takeLinkToken()).toBe('two');
  });

  it('is missing when no link was opened', () => {
    expect(takeLinkToken()).toBeNull();
  });
});

describe('a visit', () => {
  it('is renewed as the same one, also by a reload', async () => {
    const sent: unknown[] = [];
    vi.stubGlobal('fetch', async (request: Request) => {
      sent.push(await request.json());
      const session = {
        access_token: `token ${sent.length}`,
        expires_in: 1,
        visit: 'one',
        token_type: 'Bearer',
      };
      return Response.json({ ...session, client: { id: 'c', name: 'Acme' }, workspace: { name: 'Studio' } });
    });
    const visit = await PortalVisit.open('link', () => {});
    expect(await visit.renew('token 1')).toBe('token 2');
    await PortalVisit.open('link', () => {});
    await PortalVisit.open('another link', () => {});
    const body = (token: string, former: string | null) => ({ token, visit: former });
    expect(sent).toEqual([
      body('link', null),
      body('link', 'one'),
      body('link', 'one'),
      body('another link', null),
    ]);
    vi.unstubAllGlobals();
  });
});
