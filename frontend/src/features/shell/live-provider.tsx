'use client';

import { useEffect, useState } from 'react';
import { invalidateFor } from '@/entities/live';
import { invalidate } from '@/lib/api/cache';
import { session } from '@/lib/auth/session';
import { useMember } from '@/lib/auth/use-session';
import { followLive } from '@/lib/live/live';
import type { StreamState } from '@/lib/live/stream';
import { tracedShow } from '@/lib/trace/traced';

/** Keeps what is on screen fresh while the shell is mounted. Answers with the state of the connection. */
export function useLiveUpdates(): StreamState {
  const { user, workspace } = useMember();
  const [state, setState] = useState<StreamState>('connecting');

  useEffect(() => {
    let wasLost = false;
    return followLive({
      name: `smartstack-live-${workspace.id}-${user.id}`,
      url: '/api/v1/live',
      credentials: session,
      onEvent: (event) => void tracedShow(session, event, () => invalidateFor(event)),
      onState: (next) => {
        setState(next);
        // The server replays what it still has; what it no longer has is fetched.
        if (next === 'live' && wasLost) void invalidate(() => true);
        wasLost = next === 'waiting' || (wasLost && next !== 'live');
      },
    });
  }, [user.id, workspace.id]);

  return state;
}
