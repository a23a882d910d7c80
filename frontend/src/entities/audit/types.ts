import type { Schemas } from '@/lib/api/types';

export type OpsAction = Schemas['AuditEntry'];
