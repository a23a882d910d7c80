import type { Page } from '@/lib/api/types';
import type { Project } from './types';

declare module '@/lib/api/cache' {
  interface Resources {
    projects: Page<Project>;
  }
}
