import type { Schemas } from '@/lib/api/types';

export type Task = Schemas['Task'];
export type NewTask = Schemas['NewTask'];
export type TaskChanges = Schemas['TaskChanges'];
export type Priority = Task['priority'];
