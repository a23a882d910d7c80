import type { Task } from './types';

/** A task as the API shows it, for tests. */
export const sampleTask: Task = {
  id: '019a0000-0000-7000-8000-000000000001',
  version: 1,
  created_at: '2026-11-23T09:30:00Z',
  updated_at: '2026-11-23T09:30:00Z',
  title: 'Send the wireframes',
  description: '',
  status: 'open',
  priority: 'normal',
  due_at: null,
  client_id: null,
  client_name: null,
  project_id: null,
  labels: [],
  source: null,
  completed_at: null,
};
