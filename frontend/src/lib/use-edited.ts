'use client';

import { useCallback, useEffect, useRef, useState } from 'react';

/** An edit and the saved value that it began from. */
type Edit<T> = { value: T; base: T };

export type Conflict<T> = {
  /** What was saved elsewhere since the edit began. */
  theirs: T;
  keepMine: () => void;
  takeTheirs: () => void;
};

export type Edited<T> = {
  shown: T;
  edit: (value: T) => void;
  commit: () => void;
  /** Set while the edit waits for a choice between it and what was saved elsewhere. */
  conflict: Conflict<T> | null;
};

type Options<T> = {
  saved: T;
  /** Returns whether it was saved; an edit that was not stays in the field. */
  onSave: (value: T) => Promise<boolean>;
  /** Called with an edit that is in conflict when the field leaves the screen. */
  onLeaveUnsaved?: (value: T) => void;
  isSame?: (a: T, b: T) => boolean;
  /** A pause in editing that saves, too. */
  pauseMs?: number;
};

function isInConflict<T>({ saved, isSame = Object.is }: Options<T>, edit: Edit<T> | null): boolean {
  return edit !== null && !isSame(saved, edit.base) && !isSame(saved, edit.value);
}

/**
 * What a field shows: the saved value, until a person edits it. `commit` saves the edit; so does taking the field off
 * the screen (closing a sheet with Escape). When the saved value changes under an edit, neither replaces the other.
 */
export function useEdited<T>(options: Options<T>): Edited<T> {
  const { saved, pauseMs } = options;
  const [edited, setEdited] = useState<Edit<T> | null>(null);
  const latest = useRef({ edited, options });
  latest.current = { edited, options };

  const replace = useCallback((next: Edit<T> | null) => {
    latest.current.edited = next;
    setEdited(next);
  }, []);

  const commit = useCallback(() => {
    const pending = latest.current.edited;
    if (!pending || isInConflict(latest.current.options, pending)) return;
    replace(null);
    void latest.current.options.onSave(pending.value).then((isSaved) => {
      const value = (latest.current.edited ?? pending).value;
      if (!isSaved) replace({ value, base: pending.base });
    });
  }, [replace]);

  useEffect(
    () => () => {
      commit();
      const { edited: left, options: last } = latest.current;
      if (left) last.onLeaveUnsaved?.(left.value);
    },
    [commit],
  );

  useEffect(() => {
    if (!(edited && pauseMs)) return;
    const timer = setTimeout(commit, pauseMs);
    return () => clearTimeout(timer);
  }, [edited, pauseMs, commit]);

  const edit = useCallback(
    (value: T) => {
      const { edited: former, options: last } = latest.current;
      replace({ value, base: former ? former.base : last.saved });
    },
    [replace],
  );

  const keepMine = () => {
    if (edited) replace({ value: edited.value, base: saved });
    commit();
  };
  const conflict = isInConflict(options, edited)
    ? { theirs: saved, keepMine, takeTheirs: () => replace(null) }
    : null;
  return { shown: edited ? edited.value : saved, edit, commit, conflict };
}
