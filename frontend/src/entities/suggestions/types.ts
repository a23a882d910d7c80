import type { Schemas } from '@/lib/api/types';

export type Suggestion = Schemas['Suggestion'];
export type SuggestionFields = Schemas['SuggestionFields'];
