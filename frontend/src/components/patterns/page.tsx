import type { ReactNode } from 'react';

type PageProps = { title: string; actions?: ReactNode; children: ReactNode };

/** A page inside the shell: a title bar that stays and content that scrolls. */
export function Page({ title, actions, children }: PageProps) {
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex h-13 shrink-0 items-center gap-2 border-b px-4 sm:px-6">
        <h1 className="mr-auto font-semibold text-base">{title}</h1>
        {actions}
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
    </div>
  );
}
