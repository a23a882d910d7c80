'use client';

import { useSyncExternalStore } from 'react';

const never = () => () => undefined;
const isTouch = () => matchMedia('(pointer: coarse)').matches;

/** Whether the finger is the pointer, as on phones: there Enter starts a new line, and a button sends. */
export function useIsTouch(): boolean {
  return useSyncExternalStore(never, isTouch, () => false);
}
