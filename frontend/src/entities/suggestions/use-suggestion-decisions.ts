'use client';

import { useCallback, useState } from 'react';
import { messageOf } from '@/lib/api/errors';
import { toast } from '@/lib/toast';
import { acceptSuggestion, dismissSuggestion, restoreSuggestion } from './api';
import type { Suggestion, SuggestionFields } from './types';

export type SuggestionDecisions = {
  /** The task that each suggestion accepted here becomes; null until the server has named it. */
  accepted: ReadonlyMap<string, string | null>;
  accept: (suggestion: Suggestion, fields?: Partial<SuggestionFields>) => Promise<void>;
  dismiss: (suggestion: Suggestion) => Promise<void>;
};

function complain(error: unknown): void {
  toast({ text: messageOf(error), tone: 'danger' });
}

/** Decisions about suggestions, and what became of those taken since the page was opened. */
export function useSuggestionDecisions(): SuggestionDecisions {
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
      complain(error);
    }
  }, []);

  const dismiss = useCallback(async ({ id }: Suggestion) => {
    try {
      await dismissSuggestion(id);
      const undo = () => restoreSuggestion(id).catch(complain);
      toast({ text: 'Suggestion dismissed', action: { label: 'Undo', run: undo } });
    } catch (error) {
      complain(error);
    }
  }, []);

  return { accepted, accept, dismiss };
}
