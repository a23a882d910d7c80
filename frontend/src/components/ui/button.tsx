import { Slot } from '@radix-ui/react-slot';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';
import { Spinner } from './spinner';

type Variant = 'primary' | 'secondary' | 'ghost' | 'danger';
type Size = 'sm' | 'md' | 'lg';

const VARIANTS: Record<Variant, string> = {
  primary: 'bg-accent text-on-accent shadow-1 hover:bg-accent-hover',
  secondary: 'border border-line-strong bg-raised text-ink shadow-1 hover:bg-sunken',
  ghost: 'text-ink-muted hover:bg-hover hover:text-ink active:bg-pressed',
  danger: 'border border-line-strong bg-raised text-danger shadow-1 hover:bg-danger-soft',
};

const SIZES: Record<Size, string> = {
  sm: 'h-7 gap-1.5 rounded-md px-2.5 text-sm pointer-coarse:h-9 pointer-coarse:px-3',
  md: 'h-8 gap-1.5 rounded-md px-3 text-sm pointer-coarse:h-10',
  lg: 'h-10 gap-2 rounded-lg px-4 text-base pointer-coarse:h-11',
};

type ButtonProps = ComponentProps<'button'> & {
  variant?: Variant;
  size?: Size;
  /** Shows a spinner and refuses clicks, and keeps the focus where it is. */
  isBusy?: boolean;
  /** Renders the only child (a link) with the looks of a button. */
  asChild?: boolean;
};

export function Button({
  variant = 'secondary',
  size = 'md',
  isBusy = false,
  asChild = false,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  const looks = cn(
    'inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap font-medium transition-colors',
    'disabled:cursor-not-allowed disabled:opacity-50',
    VARIANTS[variant],
    SIZES[size],
    className,
  );
  if (asChild) {
    return (
      <Slot className={looks} onClick={onClick} {...rest}>
        {children}
      </Slot>
    );
  }
  return (
    <button
      type={type}
      className={looks}
      aria-busy={isBusy || undefined}
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      {isBusy && <Spinner />}
      {children}
    </button>
  );
}

type IconButtonProps = ComponentProps<'button'> & { label: string; size?: 'sm' | 'md' };

/** A button that shows only an icon; `label` is its name and its tooltip. */
export function IconButton({ label, size = 'md', className, type = 'button', ...rest }: IconButtonProps) {
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={cn(
        'inline-flex shrink-0 items-center justify-center rounded-md text-ink-muted transition-colors hover:bg-hover hover:text-ink active:bg-pressed disabled:cursor-not-allowed disabled:opacity-50',
        size === 'sm' ? 'size-7 pointer-coarse:size-9' : 'size-8 pointer-coarse:size-10',
        className,
      )}
      {...rest}
    />
  );
}
