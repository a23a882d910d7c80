import type { Progress } from '@/entities/dead-letters/api';

/** `3 discarded`, or `300 discarded, 40 left: do it again`. */
export function progressText({ done, remaining }: Progress, what: string): string {
  return remaining === 0 ? `${done} ${what}` : `${done} ${what}, ${remaining} left: do it again`;
}
