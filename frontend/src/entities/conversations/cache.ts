import type { Page } from '@/lib/api/types';
import type { Conversation } from './types';

declare module '@/lib/api/cache' {
  interface Resources {
    conversations: Page<Conversation>;
    conversation: Conversation;
  }
}
