'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { session } from '@/lib/auth/session';
import { Splash } from './splash';

/** The bare address: to the app for those who were here before, else to log in. */
export function Home() {
  const router = useRouter();
  useEffect(() => {
    router.replace(session.isLikely() ? '/today' : '/login');
  }, [router]);
  return <Splash />;
}
