import { ownAddress } from '@/lib/own-address';

const FOR_VISITORS = /^\/(login|signup)?([?#]|$)/;

/** Where a member wanted to go: a page of this app that is shown to members, by default the first one. */
export function wantedPage(search: string): string {
  const page = ownAddress(new URLSearchParams(search).get('next') ?? '');
  return page === null || FOR_VISITORS.test(page) ? '/today' : page;
}
