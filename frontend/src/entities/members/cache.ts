import type { Me } from './types';

declare module '@/lib/api/cache' {
  interface Resources {
    me: Me;
  }
}
