'use client';

import { Search } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { IconButton } from '@/components/ui/button';
import { Kbd } from '@/components/ui/kbd';
import { cn } from '@/lib/cn';
import type { StreamState } from '@/lib/live/stream';
import { AccountMenu } from './account-menu';
import { DESTINATIONS, type Destination, useDestinations } from './navigation';
import { EngineNote, LiveDot } from './status';

function SideLink({
  destination: { href, title, icon: Icon, keys },
  isHere,
}: {
  destination: Destination;
  isHere: boolean;
}) {
  return (
    <Link
      href={href}
      aria-current={isHere ? 'page' : undefined}
      aria-keyshortcuts={keys.join(' ')}
      title={title}
      className={cn(
        'group flex h-8 items-center gap-2.5 rounded-md px-2 font-medium text-sm transition-colors md:max-lg:size-9 md:max-lg:justify-center md:max-lg:p-0',
        isHere ? 'bg-pressed text-ink' : 'text-ink-muted hover:bg-hover hover:text-ink',
      )}
    >
      <Icon aria-hidden className={cn('size-4 shrink-0', isHere && 'text-accent-text')} />
      <span className="md:max-lg:sr-only">{title}</span>
      <Kbd
        keys={keys}
        className="ml-auto opacity-0 transition-opacity group-hover:opacity-100 md:max-lg:hidden"
      />
    </Link>
  );
}

type SidebarProps = { live: StreamState; onSearch: () => void };

/** Navigation on tablets (icons) and larger screens (names). */
export function Sidebar({ live, onSearch }: SidebarProps) {
  const path = usePathname();
  const destinations = useDestinations();
  return (
    <aside aria-label="Sidebar" className="hidden w-60 shrink-0 flex-col gap-3 p-2.5 md:flex md:max-lg:w-14">
      <AccountMenu />
      <button
        type="button"
        onClick={onSearch}
        aria-keyshortcuts="Control+K"
        className="flex h-8 items-center gap-2.5 rounded-md border bg-surface px-2 text-ink-muted text-sm shadow-1 transition-colors hover:border-line-strong hover:text-ink md:max-lg:size-9 md:max-lg:justify-center md:max-lg:p-0"
      >
        <Search aria-hidden className="size-4 shrink-0" />
        <span className="md:max-lg:sr-only">
          Search<span className="sr-only"> commands</span>
        </span>
        <Kbd keys={['mod+k']} className="ml-auto md:max-lg:hidden" />
      </button>
      <nav aria-label="Main" className="flex flex-col gap-0.5">
        {destinations.map((destination) => (
          <SideLink key={destination.href} destination={destination} isHere={path === destination.href} />
        ))}
      </nav>
      <div className="mt-auto flex flex-col gap-2 md:max-lg:items-center">
        <EngineNote />
        <LiveDot state={live} />
      </div>
    </aside>
  );
}

/** The top of a phone's screen. */
export function TopBar({ onSearch }: { onSearch: () => void }) {
  return (
    <div className="flex h-12 shrink-0 items-center gap-1 px-2 md:hidden">
      <div className="min-w-0 max-w-[75%]">
        <AccountMenu />
      </div>
      <IconButton label="Search commands" className="ml-auto" onClick={onSearch}>
        <Search aria-hidden className="size-4" />
      </IconButton>
    </div>
  );
}

/** Navigation on phones, in reach of the thumb. */
export function BottomBar() {
  const path = usePathname();
  return (
    <nav aria-label="Main" className="grid shrink-0 grid-cols-4 pb-[env(safe-area-inset-bottom)] md:hidden">
      {DESTINATIONS.map(({ href, title, icon: Icon }) => (
        <Link
          key={href}
          href={href}
          aria-current={path === href ? 'page' : undefined}
          className={cn(
            'flex h-14 flex-col items-center justify-center gap-1 font-medium text-2xs',
            path === href ? 'text-accent-text' : 'text-ink-muted',
          )}
        >
          <Icon aria-hidden className="size-5" />
          {title}
        </Link>
      ))}
    </nav>
  );
}
