import { ChevronDown, ChevronsUp, ChevronUp } from 'lucide-react';
import type { Priority } from '@/entities/tasks/types';

const ICONS = {
  urgent: <ChevronsUp aria-hidden className="size-4 text-danger" />,
  high: <ChevronUp aria-hidden className="size-4 text-warn" />,
  normal: null,
  low: <ChevronDown aria-hidden className="size-4 text-ink-faint" />,
} satisfies Record<Priority, React.ReactNode>;

/** Nothing for a normal priority: only what stands out is shown. */
export function PriorityIcon({ priority }: { priority: Priority }) {
  const icon = ICONS[priority];
  if (!icon) return null;
  return (
    <span title={`${priority} priority`} className="shrink-0">
      {icon}
      <span className="sr-only">{priority} priority</span>
    </span>
  );
}
