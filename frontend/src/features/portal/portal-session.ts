import type { Message } from '@/entities/messages/types';
import { type Credentials, createApi, newIdempotencyKey, unwrap } from '@/lib/api/client';
import { isNotFound } from '@/lib/api/errors';
import type { Page, Schemas } from '@/lib/api/types';

type PortalSession = Schemas['PortalSession'];

/** What the browser tab keeps of a visit, so that a reload is not counted as another one. */
type Kept = { linkToken: string; session: PortalSession; expiresAt: number };

const STORED = 'smartstack.portal';
/** The token of the link that this tab came through. */
const LINK = 'smartstack.portal-link';
const RENEW_BEFORE_MS = 20_000;

const anonymous = createApi({ fresh: async () => null, renew: async () => null });

function restore(linkToken: string): Kept | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORED) ?? 'null') as Kept | null;
    return kept?.linkToken === linkToken ? kept : null;
  } catch {
    return null;
  }
}

const isFresh = ({ expiresAt }: Kept): boolean => expiresAt > Date.now() + RENEW_BEFORE_MS;

/**
 * Returns the token of the share link, or null without one, and takes it out of the address: there it would stay in the
 * history, in bookmarks and on screenshots. This tab keeps it, so that a reload works.
 */
export function takeLinkToken(): string | null {
  const sent = location.hash.slice(1);
  if (!sent) return sessionStorage.getItem(LINK);
  sessionStorage.setItem(LINK, sent);
  history.replaceState(history.state, '', location.pathname + location.search);
  return sent;
}

/** One client's visit through one share link. */
export class PortalVisit implements Credentials {
  private renewing: Promise<string | null> | null = null;
  private readonly api = createApi(this);

  private constructor(
    private kept: Kept,
    private readonly onEnd: () => void,
  ) {}

  /** Throws ApiError 404 when the link is not, or no longer, good; `onEnd` is called when it stops being so. */
  static async open(linkToken: string, onEnd: () => void): Promise<PortalVisit> {
    const kept = restore(linkToken);
    return new PortalVisit(kept && isFresh(kept) ? kept : await PortalVisit.exchange(linkToken, kept), onEnd);
  }

  private static async exchange(linkToken: string, former: Kept | null): Promise<Kept> {
    const body = { token: linkToken, visit: former?.session.visit ?? null };
    const session = await unwrap(anonymous.POST('/api/v1/portal/session', { body }));
    const kept = { linkToken, session, expiresAt: Date.now() + session.expires_in * 1000 };
    sessionStorage.setItem(STORED, JSON.stringify(kept));
    return kept;
  }

  get session(): PortalSession {
    return this.kept.session;
  }

  async fresh(): Promise<string | null> {
    const { session, expiresAt } = this.kept;
    return Date.now() > expiresAt - RENEW_BEFORE_MS ? this.renew(session.access_token) : session.access_token;
  }

  async renew(refused: string): Promise<string | null> {
    if (this.kept.session.access_token !== refused) return this.kept.session.access_token;
    this.renewing ??= this.exchangeAgain().finally(() => {
      this.renewing = null;
    });
    return this.renewing;
  }

  private async exchangeAgain(): Promise<string | null> {
    try {
      this.kept = await PortalVisit.exchange(this.kept.linkToken, this.kept);
      return this.kept.session.access_token;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      sessionStorage.removeItem(STORED);
      this.onEnd();
      return null;
    }
  }

  /** Newest first. */
  messages(cursor: string | null): Promise<Page<Message>> {
    return unwrap(this.api.GET('/api/v1/portal/messages', { params: { query: cursor ? { cursor } : {} } }));
  }

  send(body: string, idempotencyKey = newIdempotencyKey()): Promise<Message> {
    const header = { 'Idempotency-Key': idempotencyKey };
    return unwrap(this.api.POST('/api/v1/portal/messages', { body: { body }, params: { header } }));
  }
}
