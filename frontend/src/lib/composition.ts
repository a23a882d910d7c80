'use client';

import { useMemo, useRef } from 'react';

type KeyPress = Pick<KeyboardEvent, 'isComposing' | 'keyCode'>;

/** The code that browsers give to keys that an input method handles. */
const HANDLED_BY_INPUT_METHOD = 229;

/** Whether a key belongs to an input method, as far as the event itself says. */
export function isComposing({ isComposing: composes, keyCode }: KeyPress): boolean {
  return composes || keyCode === HANDLED_BY_INPUT_METHOD;
}

/**
 * Separates the Enter that ends a composition from the Enter that sends. Safari ends the composition before it reports the
 * key, so a key that is still down when a composition ends belongs to it. Spread `handlers` on the field.
 */
export function useComposition() {
  const hasJustEnded = useRef(false);
  return useMemo(() => {
    const forget = () => {
      hasJustEnded.current = false;
    };
    return {
      isComposing: (event: KeyPress) => isComposing(event) || hasJustEnded.current,
      handlers: {
        onCompositionEnd: () => {
          hasJustEnded.current = true;
        },
        onKeyUp: forget,
        onPointerUp: forget,
        onBlur: forget,
      },
    };
  }, []);
}
