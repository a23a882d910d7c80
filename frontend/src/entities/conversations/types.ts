import type { Schemas } from '@/lib/api/types';

export type Conversation = Schemas['Conversation'];
