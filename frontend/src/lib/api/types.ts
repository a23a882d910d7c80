import type { components } from './generated/schema';

type Schemas = components['schemas'];

export type User = Schemas['User'];
export type Workspace = Schemas['Workspace'];
export type Session = Schemas['Session'];
export type Client = Schemas['Client'];
export type ShareLink = Schemas['ShareLink'];
export type ShareLinkCreated = Schemas['ShareLinkCreated'];
export type PortalSession = Schemas['PortalSession'];
export type Conversation = Schemas['Conversation'];
export type Message = Schemas['Message'];
export type Suggestion = Schemas['Suggestion'];
export type SuggestionFields = Schemas['SuggestionFields'];
export type Project = Schemas['Project'];
export type Task = Schemas['Task'];
export type NewTask = Schemas['NewTask'];
export type TaskChanges = Schemas['TaskChanges'];
export type Today = Schemas['Today'];
export type TraceSummary = Schemas['TraceSummary'];
export type Trace = Schemas['Trace'];
export type TraceSpan = Schemas['Span'];
export type Queue = Schemas['QueueState'];
export type Metric = Schemas['Metric'];
export type DeadLetterGroup = Schemas['DeadLetterGroup'];
export type DeadLetter = Schemas['DeadLetter'];
export type DeadLetterContent = Schemas['DeadLetterDetail'];
export type OpsAction = Schemas['AuditEntry'];
export type Priority = Task['priority'];

/** One answer of a list endpoint. `next_cursor` is null on the last page. */
export type Page<T> = { items: T[]; next_cursor: string | null };
