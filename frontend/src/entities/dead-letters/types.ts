import type { Schemas } from '@/lib/api/types';

export type DeadLetterGroup = Schemas['DeadLetterGroup'];
export type DeadLetter = Schemas['DeadLetter'];
export type DeadLetterContent = Schemas['DeadLetterDetail'];
