import { forgetEverything } from '@/lib/api/cache';
import { session } from '@/lib/auth/session';
import { commitWaiting } from '@/lib/deferred';
import { forgetDrafts } from '@/lib/drafts';

/** Ends the session and leaves nothing of it in this browser. */
export async function signOut(): Promise<void> {
  commitWaiting();
  await session.end();
  forgetDrafts();
  await forgetEverything();
}
