import { createApi, unwrap } from '@/lib/api/client';
import { session } from '@/lib/auth/session';

/** Signing in is asked for by nobody yet: a refusal is an answer, not an expired token. */
const anonymous = createApi({ fresh: async () => null, renew: async () => null });

export type SignUp = {
  name: string;
  email: string;
  password: string;
  workspace_name: string;
  timezone: string;
};

export async function signUp(body: SignUp): Promise<void> {
  session.start(await unwrap(anonymous.POST('/api/v1/auth/signup', { body })));
}

export async function logIn(body: { email: string; password: string }): Promise<void> {
  session.start(await unwrap(anonymous.POST('/api/v1/auth/login', { body })));
}
