import type { Metric } from './types';

declare module '@/lib/api/cache' {
  interface Resources {
    metrics: Metric[];
  }
}
