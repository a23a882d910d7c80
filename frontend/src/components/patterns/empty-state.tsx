import type { ReactNode } from 'react';

type EmptyStateProps = { icon: ReactNode; title: string; children?: ReactNode; action?: ReactNode };

/** What stands where a list would: why there is nothing, and what to do about it. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="enter-fade mx-auto flex max-w-sm flex-col items-center px-6 py-14 text-center">
      <span
        aria-hidden
        className="mb-4 inline-flex size-11 items-center justify-center rounded-xl border bg-raised text-ink-muted shadow-1 [&>svg]:size-5"
      >
        {icon}
      </span>
      <h2 className="font-semibold text-base">{title}</h2>
      {children && <p className="mt-1 text-balance text-ink-muted text-sm">{children}</p>}
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}
