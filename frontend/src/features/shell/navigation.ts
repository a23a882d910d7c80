import { Activity, CheckCircle2, Inbox, type LucideIcon, Sun, Users } from 'lucide-react';
import { useHasOps } from '@/entities/members/api';

export type Destination = { href: string; title: string; icon: LucideIcon; keys: readonly string[] };

/** The places of the app, in the order of the sidebar. */
export const DESTINATIONS: readonly Destination[] = [
  { href: '/today', title: 'Today', icon: Sun, keys: ['g', 't'] },
  { href: '/inbox', title: 'Inbox', icon: Inbox, keys: ['g', 'i'] },
  { href: '/tasks', title: 'Tasks', icon: CheckCircle2, keys: ['g', 'k'] },
  { href: '/clients', title: 'Clients', icon: Users, keys: ['g', 'c'] },
];

const OPS: Destination = { href: '/ops', title: 'Ops', icon: Activity, keys: ['g', 'o'] };
const WITH_OPS: readonly Destination[] = [...DESTINATIONS, OPS];

/** The places that the signed-in member may go to. */
export function useDestinations(): readonly Destination[] {
  return useHasOps() ? WITH_OPS : DESTINATIONS;
}
