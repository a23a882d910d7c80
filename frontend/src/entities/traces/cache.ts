import type { Listed } from '@/lib/api/listed';
import type { Page } from '@/lib/api/types';
import type { Trace, TraceSummary } from './types';

declare module '@/lib/api/cache' {
  interface Resources {
    traces: Page<Listed<TraceSummary>>;
    trace: Trace;
  }
}
