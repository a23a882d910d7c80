import type { LabelColor, TaskLabel } from '@/entities/labels/api';
import { cn } from '@/lib/cn';

const DOTS = {
  gray: 'bg-(--label-gray)',
  red: 'bg-(--label-red)',
  orange: 'bg-(--label-orange)',
  yellow: 'bg-(--label-yellow)',
  green: 'bg-(--label-green)',
  teal: 'bg-(--label-teal)',
  blue: 'bg-(--label-blue)',
  purple: 'bg-(--label-purple)',
  pink: 'bg-(--label-pink)',
} satisfies Record<LabelColor, string>;

export const LABEL_COLORS = Object.keys(DOTS) as LabelColor[];

export function LabelDot({ color }: { color: LabelColor }) {
  return <span aria-hidden className={cn('size-2 shrink-0 rounded-full', DOTS[color])} />;
}

const MOST_SHOWN = 3;

/** The labels of a task: all of them, or as many as a row has room for. `isCompact` leaves dots on a phone. */
export function LabelChips({
  labels,
  isCompact = false,
}: {
  labels: readonly TaskLabel[];
  isCompact?: boolean;
}) {
  if (labels.length === 0) return null;
  const shown = isCompact ? labels.slice(0, MOST_SHOWN) : labels;
  const hidden = labels.length - shown.length;
  return (
    <ul aria-label="Labels" className="flex min-w-0 flex-wrap items-center gap-1">
      {shown.map(({ id, name, color }) => (
        <li
          key={id}
          title={name}
          className={cn(
            'inline-flex h-5 min-w-0 items-center gap-1.5 rounded-full border border-line px-2 text-ink-muted text-xs',
            isCompact && 'max-sm:h-auto max-sm:border-0 max-sm:px-0',
          )}
        >
          <LabelDot color={color} />
          <bdi className={cn('max-w-32 truncate', isCompact && 'max-sm:sr-only')}>{name}</bdi>
        </li>
      ))}
      {hidden > 0 && <li className="text-ink-faint text-xs">+{hidden}</li>}
    </ul>
  );
}
