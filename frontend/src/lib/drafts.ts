'use client';

import { useCallback, useState } from 'react';

const PREFIX = 'smartstack.draft.';

function read(key: string): string {
  return typeof localStorage === 'undefined' ? '' : (localStorage.getItem(key) ?? '');
}

/** Text that is being written and survives a reload. Empty text is not kept. Give the component a key per `id`. */
export function useDraft(id: string): [string, (text: string) => void] {
  const key = PREFIX + id;
  const [text, setText] = useState(() => read(key));
  const write = useCallback(
    (next: string) => {
      setText(next);
      if (next) localStorage.setItem(key, next);
      else localStorage.removeItem(key);
    },
    [key],
  );
  return [text, write];
}

export function forgetDrafts(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
}
