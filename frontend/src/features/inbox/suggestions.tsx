'use client';

import { Sparkles } from 'lucide-react';
import { type KeyboardEvent, useLayoutEffect, useMemo, useRef } from 'react';
import type { Message } from '@/entities/messages/types';
import type { Suggestion } from '@/entities/suggestions/types';
import { SuggestionCard } from '@/entities/suggestions/ui/suggestion-card';
import type { SuggestionDecisions } from '@/entities/suggestions/use-suggestion-decisions';
import { columnHeight, stackCards } from './stack-cards';

const GAP_PX = 12;
const CARD = '[data-suggestion]';

export function focusFirstSuggestion(): void {
  document.querySelector<HTMLElement>(CARD)?.focus();
}

function moveFocus(column: HTMLElement, by: number): void {
  const cards = [...column.querySelectorAll<HTMLElement>(CARD)];
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  cards[Math.min(Math.max(at + by, 0), cards.length - 1)]?.focus();
}

/**
 * Puts each card beside its message on wide screens. Elsewhere the cards follow the thread and the positions,
 * which only the wide layout reads, do nothing.
 */
function usePlaces(ids: string) {
  const column = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    const list = column.current;
    const thread = list?.closest('section')?.previousElementSibling;
    if (!(list && thread) || ids === '') return;
    const place = () => {
      const cards = [...list.querySelectorAll<HTMLElement>(':scope > li')];
      const top = thread.getBoundingClientRect().top;
      const wanted = cards.map((card) => {
        const message = document.getElementById(`message-${card.dataset.message}`);
        return { anchor: message ? message.getBoundingClientRect().top - top : 0, height: card.offsetHeight };
      });
      const bottom = thread.getBoundingClientRect().height;
      const tops = stackCards(wanted, GAP_PX, bottom);
      list.style.setProperty('--column', `${Math.max(bottom, columnHeight(wanted, GAP_PX))}px`);
      cards.forEach((card, index) => {
        card.style.setProperty('--top', `${tops[index]}px`);
      });
    };
    const observer = new ResizeObserver(place);
    observer.observe(thread);
    for (const card of list.children) observer.observe(card);
    place();
    return () => observer.disconnect();
  }, [ids]);
  return column;
}

type SuggestionsProps = {
  suggestions: Suggestion[];
  decisions: SuggestionDecisions;
  /** Messages from old to new: cards follow their order. */
  order: readonly Message[];
  activeId: string | null;
  onActivate: (id: string | null) => void;
};

function inOrder(suggestions: Suggestion[], order: readonly Message[]): Suggestion[] {
  const place = new Map(order.map(({ id }, index) => [id, index]));
  const start = ({ evidence }: Suggestion) => evidence[0]?.start ?? 0;
  const at = ({ message_id }: Suggestion) => place.get(message_id) ?? -1;
  return suggestions.toSorted((a, b) => at(a) - at(b) || start(a) - start(b));
}

/** What AI makes of the messages: to accept, edit or dismiss. */
export function Suggestions({ suggestions, decisions, order, activeId, onActivate }: SuggestionsProps) {
  const ordered = useMemo(() => inOrder(suggestions, order), [suggestions, order]);
  const column = usePlaces(ordered.map(({ id }) => id).join());

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const isOnCard = event.target instanceof HTMLElement && event.target.matches(CARD);
    const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (!(isOnCard && by) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    moveFocus(event.currentTarget, by);
  };

  return (
    <section aria-label="Suggestions" onKeyDown={onKeyDown} className="mt-6 xl:mt-0">
      <h3 className="mb-2 flex items-center gap-1.5 text-ink-muted text-xs xl:hidden">
        <Sparkles aria-hidden className="size-3.5 text-accent-text" />
        Suggestions may miss things.
      </h3>
      <ul ref={column} className="relative flex flex-col gap-3 xl:h-(--column)">
        {ordered.map((suggestion) => (
          <li
            key={suggestion.id}
            data-message={suggestion.message_id}
            className="xl:absolute xl:inset-x-0 xl:top-(--top) xl:transition-[top] xl:duration-200"
          >
            <SuggestionCard
              suggestion={suggestion}
              isActive={activeId === suggestion.id}
              taskId={decisions.accepted.get(suggestion.id)}
              onActivate={onActivate}
              onAccept={decisions.accept}
              onDismiss={decisions.dismiss}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
