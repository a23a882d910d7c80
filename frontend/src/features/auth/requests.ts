import { createApi, unwrap } from '@/lib/api/client';
import { ApiError } from '@/lib/api/errors';
import { session } from '@/lib/auth/session';
import { FALLBACK_ZONE } from '@/lib/format/formatter';

/** Sends no token: a refusal of a password is an answer, not an expired token. */
const anonymous = createApi({ fresh: async () => null, renew: async () => null });

export type SignUp = {
  name: string;
  email: string;
  password: string;
  workspace_name: string;
  timezone: string;
};

function isZoneRefused(error: unknown): boolean {
  return error instanceof ApiError && 'timezone' in error.fields;
}

/** Makes the workspace in UTC when the server does not know the zone. Returns the zone that it has. */
export async function signUp(body: SignUp): Promise<string> {
  const send = (timezone: string) =>
    unwrap(anonymous.POST('/api/v1/auth/signup', { body: { ...body, timezone } }));
  const started = await send(body.timezone).catch((error) => {
    if (!isZoneRefused(error) || body.timezone === FALLBACK_ZONE) throw error;
    return send(FALLBACK_ZONE);
  });
  session.start(started);
  return started.workspace.timezone;
}

export async function logIn(body: { email: string; password: string }): Promise<void> {
  session.start(await unwrap(anonymous.POST('/api/v1/auth/login', { body })));
}
