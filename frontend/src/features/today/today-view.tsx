'use client';

import { Page } from '@/components/patterns/page';

export function TodayView() {
  return <Page title="today">{null}</Page>;
}
