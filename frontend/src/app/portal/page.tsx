import type { Metadata } from 'next';
import { Portal } from '@/features/portal/portal';

export const metadata: Metadata = { title: { absolute: 'Messages' }, referrer: 'no-referrer' };

export default function PortalPage() {
  return <Portal />;
}
