import { FALLBACK_ZONE, formatterFor, isUsableZone } from './formatter';
import { dayNumber } from './zone';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function formatter(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return formatterFor('en-GB', zone, options);
}

/** `14:05`. */
export function formatClock(at: string, zone: string): string {
  return formatter(zone, { hour: '2-digit', minute: '2-digit' }).format(new Date(at));
}

/** The heading of a day in a thread: `Today`, `Yesterday`, `Monday 16 November`. */
export function formatDayHeading(at: string, zone: string, now: Date): string {
  const date = new Date(at);
  const daysAgo = dayNumber(now, zone) - dayNumber(date, zone);
  if (daysAgo === 0) return 'Today';
  if (daysAgo === 1) return 'Yesterday';
  const year = daysAgo > 300 ? ({ year: 'numeric' } as const) : {};
  return formatter(zone, { weekday: 'long', day: 'numeric', month: 'long', ...year })
    .format(date)
    .replace(',', '');
}

/** As short as a list allows: `now`, `5m`, `3h`, `Mon`, `16 Nov`, `16/11/2025`. */
export function formatAgo(at: string, zone: string, now: Date): string {
  const date = new Date(at);
  const age = now.getTime() - date.getTime();
  if (age < MINUTE) return 'now';
  if (age < HOUR) return `${Math.floor(age / MINUTE)}m`;
  const daysAgo = dayNumber(now, zone) - dayNumber(date, zone);
  if (daysAgo === 0) return `${Math.floor(age / HOUR)}h`;
  if (daysAgo < 7) return formatter(zone, { weekday: 'short' }).format(date);
  if (daysAgo < 300) return formatter(zone, { day: 'numeric', month: 'short' }).format(date);
  return formatter(zone, { day: '2-digit', month: '2-digit', year: 'numeric' }).format(date);
}

/** In full, for titles and details: `Mon 23 Nov 2026, 14:05`, with `UTC` when the zone could not be used. */
export function formatMoment(at: string, zone: string): string {
  const options = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;
  const day = formatter(zone, options).format(new Date(at)).replace(',', '');
  const suffix = isUsableZone(zone) ? '' : ` ${FALLBACK_ZONE}`;
  return `${day}, ${formatClock(at, zone)}${suffix}`;
}

/** `Mon 23 Nov 2026`. */
export function formatDate(at: string, zone: string): string {
  const options = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;
  return formatter(zone, options).format(new Date(at)).replace(',', '');
}
