'use client';

import { useSyncExternalStore } from 'react';
import type { User, Workspace } from '@/lib/api/types';
import { type SessionState, session } from './session';

export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, session.read, session.readOnServer);
}

/** The member and workspace; only for what is shown to a member. */
export function useMember(): { user: User; workspace: Workspace } {
  const state = useSession();
  if (state.status !== 'signed-in') throw new Error('useMember outside a signed-in page');
  return state;
}
