import type { Page } from '@/lib/api/types';
import type { Client } from './types';

declare module '@/lib/api/cache' {
  interface Resources {
    clients: Page<Client>;
    client: Client;
  }
}
