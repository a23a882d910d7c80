import type { Page } from '@/lib/api/types';
import type { Message } from './types';

declare module '@/lib/api/cache' {
  interface Resources {
    messages: Page<Message>;
  }
}
