'use client';

import { unwrap } from '@/lib/api/client';
import { type CursorList, type FetchPage, useCursorList } from '@/lib/api/cursor-list';
import { api } from '@/lib/api/member';
import type { Project } from './types';

const fetchProjects: FetchPage<Project> = (cursor, limit) =>
  unwrap(api.GET('/api/v1/projects', { params: { query: { limit, ...(cursor && { cursor }) } } }));

export function useProjects(): CursorList<Project> {
  return useCursorList(['projects'], fetchProjects);
}
