import type { Queue } from './types';

declare module '@/lib/api/cache' {
  interface Resources {
    queues: Queue[];
  }
}
