import { Sparkles } from 'lucide-react';
import { cn } from '@/lib/cn';
import type { StreamState } from '@/lib/live/stream';

/** How far to trust the suggestions; each says which engine it comes from. */
export function EngineNote() {
  return (
    <p
      title="Suggestions may miss things"
      className="flex items-start gap-2 rounded-lg border border-line bg-surface px-2.5 py-2 text-ink-muted text-xs md:max-lg:size-9 md:max-lg:items-center md:max-lg:justify-center md:max-lg:p-0"
    >
      <Sparkles aria-hidden className="mt-0.5 size-3.5 shrink-0 text-accent-text md:max-lg:mt-0" />
      <span className="md:max-lg:sr-only">Suggestions may miss things</span>
    </p>
  );
}

const STATES: Record<StreamState, { text: string; dot: string }> = {
  live: { text: 'Live', dot: 'bg-good' },
  connecting: { text: 'Connecting', dot: 'bg-warn' },
  waiting: { text: 'Offline, trying again', dot: 'bg-danger' },
};

/** Whether changes made elsewhere arrive here by themselves. */
export function LiveDot({ state }: { state: StreamState }) {
  const { text, dot } = STATES[state];
  return (
    <p role="status" title={text} className="flex items-center gap-2 px-2.5 text-ink-muted text-xs">
      <span aria-hidden className={cn('size-1.5 rounded-full', dot)} />
      <span className="md:max-lg:sr-only">{text}</span>
    </p>
  );
}
