'use client';

import { X } from 'lucide-react';
import { IconButton } from '@/components/ui/button';
import { cn } from '@/lib/cn';
import { dismissToast, type Toast, useToasts } from '@/lib/toast';

function ToastCard({ toast }: { toast: Toast }) {
  const close = () => dismissToast(toast.id);
  return (
    <li className="enter-rise pointer-events-auto flex max-w-[calc(100vw-2rem)] items-center gap-2 rounded-lg border bg-raised py-1.5 pr-1.5 pl-3.5 shadow-3">
      <span className={cn('mr-2 min-w-0 text-sm', toast.tone === 'danger' && 'text-danger')}>
        {toast.text}
      </span>
      {toast.action && (
        <button
          type="button"
          aria-label={`${toast.action.label}: ${toast.text}`}
          className="h-7 rounded-md px-2 font-medium text-accent-text text-sm hover:bg-hover"
          onClick={() => {
            toast.action?.run();
            close();
          }}
        >
          {toast.action.label}
        </button>
      )}
      <IconButton label="Dismiss notice" size="sm" onClick={close}>
        <X aria-hidden className="size-3.5" />
      </IconButton>
    </li>
  );
}

/** Where toasts appear; mounted once. The list is always there, so that screen readers announce what enters it. */
export function Toaster() {
  const toasts = useToasts();
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 top-14 z-60 flex justify-center md:top-4"
    >
      <ol className="flex flex-col items-center gap-2">
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} />
        ))}
      </ol>
    </div>
  );
}
