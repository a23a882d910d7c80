'use client';

import { Check, CheckCircle2, Pencil, Sparkles, X } from 'lucide-react';
import Link from 'next/link';
import { type KeyboardEvent, useRef, useState } from 'react';
import { DueDate } from '@/components/patterns/due-date';
import { Badge } from '@/components/ui/badge';
import { Button, IconButton } from '@/components/ui/button';
import { Kbd } from '@/components/ui/kbd';
import { Spinner } from '@/components/ui/spinner';
import { engineLabel, fallbackNote } from '@/entities/suggestions/engine-label';
import type { Suggestion, SuggestionFields } from '@/entities/suggestions/types';
import { useMember } from '@/lib/auth/use-session';
import { cn } from '@/lib/cn';
import { links } from '@/lib/url';
import { SuggestionEditor } from './suggestion-editor';

export type SuggestionCardProps = {
  suggestion: Suggestion;
  isActive?: boolean;
  /** The task it became: undefined while it is open, null while the server has not named it yet. */
  taskId: string | null | undefined;
  onActivate?: (id: string | null) => void;
  onAccept: (suggestion: Suggestion, fields?: Partial<SuggestionFields>) => Promise<void>;
  onDismiss: (suggestion: Suggestion) => void;
  /** Shows where it was said; not needed next to the message. */
  showSource?: boolean;
};

function Accepted({ title, taskId }: { title: string; taskId: string | null }) {
  return (
    <div className="enter-fade flex items-center gap-2.5 rounded-xl border bg-surface px-3.5 py-2.5 text-sm">
      {taskId ? <CheckCircle2 aria-hidden className="size-4 shrink-0 text-good" /> : <Spinner />}
      <span role="status" className="min-w-0 flex-1 truncate text-ink-muted">
        <span className="sr-only">{taskId ? 'Task created: ' : 'Creating task: '}</span>
        <bdi>{title}</bdi>
      </span>
      {taskId && (
        <Link
          href={links.task(taskId)}
          className="shrink-0 font-medium text-accent-text underline-offset-4 hover:underline"
        >
          View task
        </Link>
      )}
    </div>
  );
}

function What({ suggestion, zone }: { suggestion: Suggestion; zone: string }) {
  const { fields, kind, needs_review, evidence } = suggestion;
  const standIn = fallbackNote(suggestion);
  return (
    <>
      <p dir="auto" className="font-medium leading-snug [overflow-wrap:anywhere]">
        {fields.title}
      </p>
      <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1.5">
        {fields.due_at ? (
          <DueDate dueAt={fields.due_at} zone={zone} />
        ) : (
          <span className="text-ink-muted text-xs">No due date</span>
        )}
        {fields.priority !== 'normal' && <Badge tone="warn">{fields.priority} priority</Badge>}
        {kind === 'commitment' && <Badge>Your promise</Badge>}
        {needs_review && <Badge tone="warn">Needs review</Badge>}
      </div>
      {standIn !== null && <p className="mt-1.5 text-ink-muted text-xs">{standIn}</p>}
      {evidence.map(({ quote, start }) => (
        <blockquote
          key={start}
          dir="auto"
          className="mt-2.5 border-mark-strong border-s-2 ps-2.5 text-ink-muted text-xs [overflow-wrap:anywhere]"
        >
          {quote}
        </blockquote>
      ))}
    </>
  );
}

/**
 * Something AI proposes. Tab accepts it only when the card itself has the focus, which S, J and K give it:
 * walking through the page with Tab meets its buttons and accepts nothing by passing.
 */
export function SuggestionCard(props: SuggestionCardProps) {
  const { suggestion, isActive = false, taskId, onActivate, onAccept, onDismiss, showSource = false } = props;
  const { workspace } = useMember();
  const [isEditing, setEditing] = useState(false);
  const [edited, setEdited] = useState<Partial<SuggestionFields>>({});
  const card = useRef<HTMLElement>(null);

  if (taskId !== undefined)
    return <Accepted title={edited.title ?? suggestion.fields.title} taskId={taskId} />;

  const accept = (fields?: Partial<SuggestionFields>) => {
    if (fields) setEdited(fields);
    setEditing(false);
    focusNeighbour(card.current);
    void onAccept(suggestion, fields);
  };
  const dismiss = () => {
    focusNeighbour(card.current);
    onDismiss(suggestion);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = new Map([
      ['Tab', () => accept()],
      ['e', () => setEditing(true)],
      ['d', dismiss],
      ['Escape', () => card.current?.blur()],
    ]);
    const act = event.shiftKey ? undefined : actions.get(event.key);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  return (
    <article
      ref={card}
      data-suggestion={suggestion.id}
      tabIndex={-1}
      aria-label={`Suggestion: ${suggestion.fields.title}`}
      aria-keyshortcuts="Tab E D"
      onKeyDown={onKeyDown}
      onFocus={() => onActivate?.(suggestion.id)}
      onBlur={() => onActivate?.(null)}
      onPointerEnter={() => onActivate?.(suggestion.id)}
      onPointerLeave={() => onActivate?.(null)}
      className={cn(
        'group enter-rise rounded-xl border bg-raised p-3.5 shadow-2 transition-[border-color,box-shadow] focus:outline-2 focus:outline-accent focus:outline-offset-2',
        isActive && 'border-accent-line',
      )}
    >
      <header className="mb-2 flex items-center gap-1.5 text-ink-muted text-xs">
        <Sparkles aria-hidden className="size-3.5 text-accent-text" />
        {suggestion.kind === 'commitment' ? 'Suggested promise' : 'Suggested task'} ·{' '}
        {engineLabel(suggestion)}
        {showSource && (
          <Link
            href={links.message(suggestion.conversation_id, suggestion.message_id)}
            className="ml-auto underline-offset-4 hover:text-ink hover:underline"
          >
            View message
          </Link>
        )}
      </header>
      {isEditing ? (
        <SuggestionEditor
          fields={suggestion.fields}
          zone={workspace.timezone}
          onAccept={accept}
          onCancel={() => {
            setEditing(false);
            requestAnimationFrame(() => card.current?.focus());
          }}
        />
      ) : (
        <>
          <What suggestion={suggestion} zone={workspace.timezone} />
          <footer className="mt-3 flex items-center gap-1.5">
            <Button size="sm" variant="primary" onClick={() => accept()}>
              <Check aria-hidden className="size-3.5" />
              Accept
            </Button>
            <Button size="sm" onClick={() => setEditing(true)}>
              <Pencil aria-hidden className="size-3" />
              Edit
            </Button>
            <span className="ml-auto hidden items-center gap-1 text-ink-muted text-xs group-focus:flex">
              <Kbd keys={['Tab']} /> accepts
            </span>
            <IconButton label="Dismiss" size="sm" className="ml-auto group-focus:ml-1" onClick={dismiss}>
              <X aria-hidden className="size-4" />
            </IconButton>
          </footer>
        </>
      )}
    </article>
  );
}

/** The card is about to go: the focus moves to the next one, else to the one before. */
function focusNeighbour(card: HTMLElement | null): void {
  if (!card?.contains(document.activeElement)) return;
  const cards = [...document.querySelectorAll<HTMLElement>('[data-suggestion]')];
  const at = cards.indexOf(card);
  (cards[at + 1] ?? cards[at - 1])?.focus();
}
