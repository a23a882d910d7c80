import type { Schemas } from '@/lib/api/types';

export type Message = Schemas['Message'];
