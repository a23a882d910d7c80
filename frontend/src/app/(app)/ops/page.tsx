import type { Metadata } from 'next';
import { Suspense } from 'react';
import { OpsView } from '@/features/ops/ops-view';

export const metadata: Metadata = { title: 'Ops' };

export default function OpsPage() {
  return (
    <Suspense>
      <OpsView />
    </Suspense>
  );
}
