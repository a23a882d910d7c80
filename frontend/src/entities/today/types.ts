import type { Schemas } from '@/lib/api/types';

export type Today = Schemas['Today'];
