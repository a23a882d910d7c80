import type { Schemas } from '@/lib/api/types';

export type Client = Schemas['Client'];
