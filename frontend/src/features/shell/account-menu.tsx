'use client';

import { ChevronsUpDown, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { Avatar } from '@/components/ui/avatar';
import { MenuButton, type MenuSection } from '@/components/ui/menu-button';
import { useMember } from '@/lib/auth/use-session';
import { setTheme, type Theme, useTheme } from '@/lib/theme';
import { signOut } from './sign-out';

const THEMES = [
  { value: 'system', label: 'Match system', icon: <Monitor aria-hidden /> },
  { value: 'light', label: 'Light', icon: <Sun aria-hidden /> },
  { value: 'dark', label: 'Dark', icon: <Moon aria-hidden /> },
];

/** The signed-in member, the theme, and the way out. */
export function AccountMenu() {
  const { user, workspace } = useMember();
  const theme = useTheme();
  const who = (
    <>
      <span dir="auto" className="block truncate font-medium text-ink text-sm">
        {user.name}
      </span>
      <span className="block truncate">{user.email}</span>
    </>
  );
  const sections: MenuSection[] = [
    { kind: 'heading', content: who },
    {
      kind: 'choice',
      label: 'Theme',
      value: theme,
      options: THEMES,
      onChange: (value) => setTheme(value as Theme),
    },
    { kind: 'actions', actions: [{ label: 'Log out', icon: <LogOut aria-hidden />, run: signOut }] },
  ];
  return (
    <MenuButton
      sections={sections}
      className="flex w-full min-w-0 items-center gap-2.5 rounded-lg p-1.5 text-left transition-colors hover:bg-hover data-[state=open]:bg-hover"
    >
      <span className="sr-only">
        Account: <bdi>{user.name}</bdi>,
      </span>
      <Avatar name={workspace.name} size="sm" />
      <span dir="auto" className="min-w-0 flex-1 truncate font-semibold text-sm md:max-lg:sr-only">
        {workspace.name}
      </span>
      <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-ink-muted md:max-lg:hidden" />
    </MenuButton>
  );
}
