'use client';

import { useState } from 'react';
import type { Suggestion } from '@/entities/suggestions/types';

/**
 * The pending suggestions, and in their former places those that were accepted here: they leave the answer of
 * the server immediately, but the way to their task must stay on screen.
 */
export function useLingering(pending: Suggestion[], accepted: ReadonlyMap<string, unknown>): Suggestion[] {
  const [former, setFormer] = useState(pending);
  const known = new Set(pending.map(({ id }) => id));
  const kept = former.flatMap((each) => {
    if (known.has(each.id)) return pending.filter(({ id }) => id === each.id);
    return accepted.has(each.id) ? [each] : [];
  });
  const keptIds = new Set(kept.map(({ id }) => id));
  const shown = [...kept, ...pending.filter(({ id }) => !keptIds.has(id))];
  const isSame = shown.length === former.length && shown.every((each, index) => each === former[index]);
  if (!isSame) setFormer(shown);
  return shown;
}
