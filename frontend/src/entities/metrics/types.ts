import type { Schemas } from '@/lib/api/types';

export type Metric = Schemas['Metric'];
