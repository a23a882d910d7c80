'use client';

import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { type ReactNode, useMemo, useState } from 'react';
import { SWRConfig, type SWRConfiguration } from 'swr';
import { Toaster } from '@/components/patterns/toaster';
import { ZoneNotice } from '@/components/patterns/zone-notice';
import { isWorthRetrying } from '@/lib/api/errors';
import { useMember } from '@/lib/auth/use-session';
import { type Command, useCommands } from '@/lib/commands/commands';
import { useShortcuts } from '@/lib/commands/use-shortcuts';
import { setTheme } from '@/lib/theme';
import { useLiveUpdates } from './live-provider';
import { useDestinations } from './navigation';
import { BottomBar, Sidebar, TopBar } from './sidebar';
import { signOut } from './sign-out';

const Palette = dynamic(() => import('./palette').then((module) => module.Palette), { ssr: false });
const ShortcutSheet = dynamic(() => import('./shortcut-sheet').then((module) => module.ShortcutSheet), {
  ssr: false,
});

const FETCHING: SWRConfiguration = {
  dedupingInterval: 1000,
  errorRetryCount: 5,
  shouldRetryOnError: isWorthRetrying,
};

type Overlay = 'palette' | 'shortcuts' | null;

function useGlobalCommands(open: (overlay: Overlay) => void): void {
  const router = useRouter();
  const destinations = useDestinations();
  const commands = useMemo<Command[]>(
    () => [
      ...destinations.map(({ href, title, keys }) => ({
        id: `go ${href}`,
        title: `Go to ${title}`,
        group: 'Go to' as const,
        keys,
        run: () => router.push(href),
      })),
      {
        id: 'task.new',
        title: 'New task',
        group: 'Create',
        keys: ['c'],
        keywords: 'add todo',
        run: () => router.push('/tasks?new=1'),
      },
      {
        id: 'client.new',
        title: 'New client',
        group: 'Create',
        keywords: 'add customer',
        run: () => router.push('/clients?new=1'),
      },
      {
        id: 'palette',
        title: 'Search commands',
        group: 'General',
        keys: ['mod+k'],
        keyOnly: true,
        run: () => open('palette'),
      },
      {
        id: 'shortcuts',
        title: 'Keyboard shortcuts',
        group: 'General',
        keys: ['?'],
        keywords: 'help',
        run: () => open('shortcuts'),
      },
      { id: 'theme.light', title: 'Use light theme', group: 'General', run: () => setTheme('light') },
      { id: 'theme.dark', title: 'Use dark theme', group: 'General', run: () => setTheme('dark') },
      { id: 'theme.system', title: 'Match system theme', group: 'General', run: () => setTheme('system') },
      { id: 'log-out', title: 'Log out', group: 'General', run: signOut },
    ],
    [router, open, destinations],
  );
  useCommands(commands);
}

/** What surrounds every page of a member: navigation, shortcuts, live updates, toasts. */
export function Shell({ children }: { children: ReactNode }) {
  const [overlay, setOverlay] = useState<Overlay>(null);
  const live = useLiveUpdates();
  const { workspace } = useMember();
  const close = () => setOverlay(null);
  useShortcuts();
  useGlobalCommands(setOverlay);

  return (
    <SWRConfig value={FETCHING}>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-60 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2 focus:shadow-3"
      >
        Skip to content
      </a>
      <div className="flex h-dvh flex-col md:flex-row">
        <TopBar onSearch={() => setOverlay('palette')} />
        <Sidebar live={live} onSearch={() => setOverlay('palette')} />
        <main
          id="content"
          tabIndex={-1}
          className="flex min-h-0 min-w-0 flex-1 flex-col overflow-hidden border-y bg-surface outline-none md:my-2 md:mr-2 md:rounded-xl md:border md:shadow-1"
        >
          <ZoneNotice zone={workspace.timezone} />
          {children}
        </main>
        <BottomBar />
      </div>
      {overlay === 'palette' && <Palette onClose={close} />}
      {overlay === 'shortcuts' && <ShortcutSheet onClose={close} />}
      <Toaster />
    </SWRConfig>
  );
}
