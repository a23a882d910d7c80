import { session } from '@/lib/auth/session';
import { createApi } from './client';

/** The API as the signed-in member. */
export const api = createApi(session);
