'use client';

import * as Radix from '@radix-ui/react-dialog';
import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { isComposing } from '@/lib/composition';

type DialogProps = {
  title: string;
  description?: string;
  onClose: () => void;
  /** The title is for screen readers only: the content speaks for itself. */
  hideTitle?: boolean;
  className?: string;
  children: ReactNode;
};

/** A window over the page. Open for as long as it is rendered. */
export function Dialog({ title, description, onClose, hideTitle = false, className, children }: DialogProps) {
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="enter-fade fixed inset-0 z-50 bg-overlay" />
        <Radix.Content
          onEscapeKeyDown={(event) => isComposing(event) && event.preventDefault()}
          {...(!description && { 'aria-describedby': undefined })}
          className={cn(
            'enter-rise fixed top-[12vh] left-1/2 z-50 flex max-h-[76vh] w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 flex-col overflow-y-auto rounded-xl border bg-raised shadow-3 outline-none',
            className,
          )}
        >
          <div className={hideTitle ? 'sr-only' : 'px-5 pt-5'}>
            <Radix.Title className="font-semibold text-lg">{title}</Radix.Title>
            {description && (
              <Radix.Description className="mt-1 text-ink-muted text-sm">{description}</Radix.Description>
            )}
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
