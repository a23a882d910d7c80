'use client';

import { Page } from '@/components/patterns/page';

export function InboxView() {
  return <Page title="inbox">{null}</Page>;
}
