import type { Schemas } from '@/lib/api/types';

export type TraceSummary = Schemas['TraceSummary'];
export type Trace = Schemas['Trace'];
export type TraceSpan = Schemas['Span'];
