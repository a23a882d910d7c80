'use client';

import * as Dialog from '@radix-ui/react-dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { isComposing } from '@/lib/composition';
import { IconButton } from './button';

type SheetProps = {
  title: string;
  onClose: () => void;
  /** Buttons beside the close button. */
  actions?: ReactNode;
  children: ReactNode;
};

/** A panel at the right edge, over the page; all of the screen on a phone. Open for as long as it is rendered. */
export function Sheet({ title, onClose, actions, children }: SheetProps) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="enter-fade fixed inset-0 z-40 bg-overlay" />
        <Dialog.Content
          onEscapeKeyDown={(event) => isComposing(event) && event.preventDefault()}
          aria-describedby={undefined}
          className="enter-slide fixed inset-y-0 right-0 z-50 flex w-full flex-col bg-surface shadow-3 outline-none sm:inset-y-2 sm:right-2 sm:w-[30rem] sm:rounded-xl sm:border"
        >
          <header className="flex h-12 shrink-0 items-center gap-1 border-b pr-2 pl-5">
            <Dialog.Title className="mr-auto truncate font-medium text-ink-muted text-sm">
              {title}
            </Dialog.Title>
            {actions}
            <Dialog.Close asChild>
              <IconButton label="Close">
                <X aria-hidden className="size-4" />
              </IconButton>
            </Dialog.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 py-5">{children}</div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
