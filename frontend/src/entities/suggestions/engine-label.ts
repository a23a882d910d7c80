import type { Suggestion } from './types';

const REASONS: Record<NonNullable<Suggestion['fallback_reason']>, string> = {
  budget: 'this month’s AI budget is spent',
  stopped: 'AI calls are switched off',
  refused: 'the call to it was not allowed',
  throttled: 'it has too much to do',
  timeout: 'it took too long',
  unavailable: 'it could not be reached',
  bad_answer: 'its answer was of no use',
};

/** The engine that read the message: rules on our own servers, or a language model. */
export function engineLabel({ engine }: Pick<Suggestion, 'engine'>): string {
  return engine === 'offline' ? 'offline engine' : 'language model';
}

/** Why the offline engine had to stand in, as a sentence; null when it was the one to ask. */
export function fallbackNote({ fallback_reason }: Pick<Suggestion, 'fallback_reason'>): string | null {
  if (fallback_reason === null) return null;
  return `The offline engine stood in for the language model: ${REASONS[fallback_reason] ?? 'it did not answer'}.`;
}
