'use client';

import dynamic from 'next/dynamic';
import { type ReactNode, useState } from 'react';
import type { LabelPickerDialogProps } from './label-picker-dialog';

const LabelPickerDialog = dynamic(
  () => import('./label-picker-dialog').then((module) => module.LabelPickerDialog),
  { ssr: false },
);
const ManageLabels = dynamic(() => import('./manage-labels').then((module) => module.ManageLabels), {
  ssr: false,
});

type LabelPickerProps = Omit<LabelPickerDialogProps, 'onClose' | 'onManage'> & {
  className: string;
  /** What the button shows: the labels that are chosen. */
  children: ReactNode;
};

/** A button that opens the choice of labels, and from there their management. */
export function LabelPicker({ className, children, ...rest }: LabelPickerProps) {
  const [open, setOpen] = useState<'choice' | 'management' | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-expanded={open !== null}
        className={className}
        onClick={() => setOpen('choice')}
      >
        {children}
      </button>
      {open === 'choice' && (
        <LabelPickerDialog {...rest} onClose={close} onManage={() => setOpen('management')} />
      )}
      {open === 'management' && <ManageLabels onClose={close} />}
    </>
  );
}
