import type { Page } from '@/lib/api/types';
import type { ShareLink } from './types';

declare module '@/lib/api/cache' {
  interface Resources {
    'share-links': Page<ShareLink>;
  }
}
