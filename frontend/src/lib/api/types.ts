import type { components } from './generated/schema';

/** Everything that the API description names. */
export type Schemas = components['schemas'];

export type User = Schemas['User'];
export type Workspace = Schemas['Workspace'];
export type Session = Schemas['Session'];

/** One answer of a list endpoint. `next_cursor` is null on the last page. */
export type Page<T> = { items: T[]; next_cursor: string | null };
