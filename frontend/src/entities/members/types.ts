import type { Schemas } from '@/lib/api/types';

/** The signed-in member and what this installation offers. */
export type Me = Schemas['Me'];
