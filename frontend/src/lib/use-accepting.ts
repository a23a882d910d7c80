'use client';

import { useCallback, useState } from 'react';
import { messageOf } from '@/lib/api/errors';
import { acceptSuggestion, dismissSuggestion } from '@/lib/api/resources/suggestions';
import type { Suggestion, SuggestionFields } from '@/lib/api/types';
import { deferWithUndo } from '@/lib/deferred';
import { toast } from '@/lib/toast';

export type Accepting = {
  /** The task that each suggestion accepted here becomes; null until the server has named it. */
  accepted: ReadonlyMap<string, string | null>;
  accept: (suggestion: Suggestion, fields?: Partial<SuggestionFields>) => Promise<void>;
  dismiss: (suggestion: Suggestion) => void;
};

/** Decisions about suggestions, and what became of those taken since the page was opened. */
export function useAccepting(): Accepting {
  const [accepted, setAccepted] = useState<ReadonlyMap<string, string | null>>(new Map());

  const accept = useCallback(async ({ id }: Suggestion, fields?: Partial<SuggestionFields>) => {
    setAccepted((before) => new Map(before).set(id, null));
    try {
      const taskId = await acceptSuggestion(id, fields);
      setAccepted((before) => new Map(before).set(id, taskId));
    } catch (error) {
      setAccepted((before) => {
        const after = new Map(before);
        after.delete(id);
        return after;
      });
      toast({ text: messageOf(error), tone: 'danger' });
    }
  }, []);

  const dismiss = useCallback(({ id }: Suggestion) => {
    deferWithUndo({ id, done: 'Suggestion dismissed', commit: () => dismissSuggestion(id) });
  }, []);

  return { accepted, accept, dismiss };
}
