import type { Page } from '@/lib/api/types';
import type { OpsAction } from './types';

declare module '@/lib/api/cache' {
  interface Resources {
    'ops-audit': Page<OpsAction>;
  }
}
