'use client';

import { ChevronDown } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId } from 'react';
import { cn } from '@/lib/cn';

const CONTROL =
  'w-full rounded-md border border-line-strong bg-raised shadow-1 text-ink transition-colors placeholder:text-ink-faint hover:border-ink-faint focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 aria-invalid:border-danger disabled:opacity-60';

type Described = { label: string; error?: string | undefined; hint?: ReactNode; hideLabel?: boolean };

type Ids = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true };

function useField({ error, hint }: Described): Ids {
  const id = useId();
  return {
    id,
    ...((error || hint) && { 'aria-describedby': `${id}-help` }),
    ...(error && { 'aria-invalid': true as const }),
  };
}

function Labelled({
  label,
  error,
  hint,
  hideLabel,
  ids,
  children,
}: Described & { ids: Ids; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={ids.id} className={hideLabel ? 'sr-only' : 'font-medium text-ink text-sm'}>
        {label}
      </label>
      {children}
      {(error || hint) && (
        <p id={ids['aria-describedby']} className={cn('text-xs', error ? 'text-danger' : 'text-ink-muted')}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

export function TextField({
  label,
  error,
  hint,
  hideLabel,
  className,
  ...rest
}: Described & ComponentProps<'input'>) {
  const ids = useField({ label, error, hint });
  return (
    <Labelled {...{ label, error, hint, ids }} hideLabel={hideLabel ?? false}>
      <input
        dir="auto"
        className={cn(CONTROL, 'h-9 px-2.5 pointer-coarse:h-10', className)}
        {...ids}
        {...rest}
      />
    </Labelled>
  );
}

export function TextArea({
  label,
  error,
  hint,
  hideLabel,
  className,
  ...rest
}: Described & ComponentProps<'textarea'>) {
  const ids = useField({ label, error, hint });
  return (
    <Labelled {...{ label, error, hint, ids }} hideLabel={hideLabel ?? false}>
      <textarea dir="auto" className={cn(CONTROL, 'resize-y px-2.5 py-2', className)} {...ids} {...rest} />
    </Labelled>
  );
}

type SelectProps = Described &
  ComponentProps<'select'> & { options: readonly { value: string; label: string }[] };

/** A native select: phones show their own picker, and every assistive tool knows it. */
export function SelectField({ label, error, hint, hideLabel, options, className, ...rest }: SelectProps) {
  const ids = useField({ label, error, hint });
  return (
    <Labelled {...{ label, error, hint, ids }} hideLabel={hideLabel ?? false}>
      <span className="relative flex">
        <select
          className={cn(CONTROL, 'h-9 appearance-none truncate pr-8 pl-2.5 pointer-coarse:h-10', className)}
          {...ids}
          {...rest}
        >
          {options.map(({ value, label: text }) => (
            <option key={value} value={value} dir="auto">
              {text}
            </option>
          ))}
        </select>
        <ChevronDown
          aria-hidden
          className="-translate-y-1/2 pointer-events-none absolute top-1/2 right-2.5 size-4 text-ink-muted"
        />
      </span>
    </Labelled>
  );
}
