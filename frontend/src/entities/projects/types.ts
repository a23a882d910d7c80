import type { Schemas } from '@/lib/api/types';

export type Project = Schemas['Project'];
