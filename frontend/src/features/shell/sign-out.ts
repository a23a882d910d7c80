import { forgetEverything } from '@/lib/api/cache';
import { session } from '@/lib/auth/session';
import { forgetDrafts } from '@/lib/drafts';

/** Ends the session and leaves nothing of it in this browser. */
export async function signOut(): Promise<void> {
  await session.end();
  forgetDrafts();
  await forgetEverything();
}
