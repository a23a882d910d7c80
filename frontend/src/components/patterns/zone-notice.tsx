import { Clock } from 'lucide-react';
import { isUsableZone } from '@/lib/format/formatter';

/** Says that dates are not in the zone that was chosen, because this browser does not know it. */
export function ZoneNotice({ zone }: { zone: string }) {
  if (isUsableZone(zone)) return null;
  return (
    <p
      role="note"
      className="flex shrink-0 items-center gap-2 border-b bg-warn-soft px-4 py-2 text-sm text-warn sm:px-6"
    >
      <Clock aria-hidden className="size-4 shrink-0" />
      <span>
        Dates are shown in UTC. This browser does not know the workspace’s time zone, “<bdi>{zone}</bdi>”.
      </span>
    </p>
  );
}
