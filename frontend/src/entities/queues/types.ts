import type { Schemas } from '@/lib/api/types';

export type Queue = Schemas['QueueState'];
