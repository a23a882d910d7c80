import { Check } from 'lucide-react';
import { cn } from '@/lib/cn';

type CheckButtonProps = { label: string; isDone: boolean; onClick: () => void };

/** The round box before a task. */
export function CheckButton({ label, isDone, onClick }: CheckButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      onClick={onClick}
      className="group/check -m-2 relative z-10 inline-flex shrink-0 rounded-full p-2"
    >
      <span
        className={cn(
          'inline-flex size-4.5 items-center justify-center rounded-full border-[1.5px] transition-colors',
          isDone
            ? 'border-accent bg-accent text-on-accent'
            : 'border-control-line text-transparent group-hover/check:border-accent group-hover/check:text-accent-text',
        )}
      >
        <Check aria-hidden strokeWidth={3} className="size-3" />
      </span>
    </button>
  );
}
