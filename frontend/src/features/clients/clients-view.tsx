'use client';

import { Page } from '@/components/patterns/page';

export function ClientsView() {
  return <Page title="clients">{null}</Page>;
}
