'use client';

import { useCallback, useEffect, useRef, useState } from 'react';

type Edited<T> = { shown: T; edit: (value: T) => void; commit: () => void };

/**
 * What a field shows: the saved value, until a person edits it. `commit` hands the edit to `onSave`; so does
 * taking the field off the screen (closing a sheet with Escape), and a pause of `pauseMs` when given.
 */
export function useEdited<T>(saved: T, onSave: (value: T) => void, pauseMs?: number): Edited<T> {
  const [edited, setEdited] = useState<{ value: T } | null>(null);
  const latest = useRef({ edited, onSave });
  latest.current = { edited, onSave };

  const commit = useCallback(() => {
    const pending = latest.current.edited;
    if (!pending) return;
    latest.current.edited = null;
    setEdited(null);
    latest.current.onSave(pending.value);
  }, []);

  useEffect(() => commit, [commit]);

  useEffect(() => {
    if (!(edited && pauseMs)) return;
    const timer = setTimeout(commit, pauseMs);
    return () => clearTimeout(timer);
  }, [edited, pauseMs, commit]);

  const edit = useCallback((value: T) => setEdited({ value }), []);
  return { shown: edited ? edited.value : saved, edit, commit };
}
