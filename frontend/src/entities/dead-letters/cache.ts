import type { Listed } from '@/lib/api/listed';
import type { Page } from '@/lib/api/types';
import type { DeadLetter, DeadLetterContent, DeadLetterGroup } from './types';

declare module '@/lib/api/cache' {
  interface Resources {
    'dead-letters': Page<Listed<DeadLetterGroup>> | Page<Listed<DeadLetter>>;
    'dead-letter': DeadLetterContent;
  }
}
