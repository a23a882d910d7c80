import type { Schemas } from '@/lib/api/types';

export type ShareLink = Schemas['ShareLink'];
export type ShareLinkCreated = Schemas['ShareLinkCreated'];
