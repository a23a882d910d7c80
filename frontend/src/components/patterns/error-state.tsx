import { RotateCw, TriangleAlert } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { ApiError, messageOf } from '@/lib/api/errors';

type ErrorStateProps = { title: string; error: unknown; onRetry: () => void };

/** What stands where an answer would that did not come: what failed, why, and the way to try again. */
export function ErrorState({ title, error, onRetry }: ErrorStateProps) {
  const traceId = error instanceof ApiError ? error.traceId : null;
  return (
    <div
      role="alert"
      className="enter-fade mx-auto flex max-w-sm flex-col items-center px-6 py-14 text-center"
    >
      <span
        aria-hidden
        className="mb-4 inline-flex size-11 items-center justify-center rounded-xl bg-danger-soft text-danger"
      >
        <TriangleAlert className="size-5" />
      </span>
      <h2 className="font-semibold text-base">{title}</h2>
      <p className="mt-1 text-balance text-ink-muted text-sm">{messageOf(error)}</p>
      {traceId && <p className="mt-1 font-mono text-2xs text-ink-faint">Trace {traceId}</p>}
      <Button className="mt-5" onClick={onRetry}>
        <RotateCw aria-hidden className="size-3.5" />
        Try again
      </Button>
    </div>
  );
}
