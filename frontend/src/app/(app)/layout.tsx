'use client';

import type { ReactNode } from 'react';
import { MemberGate } from '@/features/auth/gate';
import { Shell } from '@/features/shell/shell';

export default function MemberLayout({ children }: { children: ReactNode }) {
  return (
    <MemberGate>
      <Shell>{children}</Shell>
    </MemberGate>
  );
}
