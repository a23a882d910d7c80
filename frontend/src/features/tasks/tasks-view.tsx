'use client';

import { Page } from '@/components/patterns/page';

export function TasksView() {
  return <Page title="tasks">{null}</Page>;
}
