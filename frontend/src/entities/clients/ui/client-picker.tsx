'use client';

import dynamic from 'next/dynamic';
import { type ReactNode, useState } from 'react';
import type { ClientPickerDialogProps } from './client-picker-dialog';

const ClientPickerDialog = dynamic(
  () => import('./client-picker-dialog').then((module) => module.ClientPickerDialog),
  { ssr: false },
);

type ClientPickerProps = Omit<ClientPickerDialogProps, 'onClose'> & {
  className: string;
  /** What the button shows: the client that is chosen. */
  children: ReactNode;
};

/** A button that opens the search for a client. */
export function ClientPicker({ className, children, ...rest }: ClientPickerProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        className={className}
        onClick={() => setOpen(true)}
      >
        {children}
      </button>
      {isOpen && <ClientPickerDialog {...rest} onClose={() => setOpen(false)} />}
    </>
  );
}
