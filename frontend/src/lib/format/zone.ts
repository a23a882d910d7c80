import { FALLBACK_ZONE, formatterFor, isUsableZone } from './formatter';

/** A wall clock reading: month and day count from 1. */
export type WallTime = {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
};

const CLOCK: Intl.DateTimeFormatOptions = {
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
};

/** What a clock on the wall in `zone` shows at `instant`; in UTC when this browser does not know the zone. */
export function wallTime(instant: Date, zone: string): WallTime {
  const parts = new Map(
    formatterFor('en-US', zone, CLOCK)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const read = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return {
    year: read('year'),
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
    second: read('second'),
  };
}

function asUtc(wall: WallTime): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
}

/** Milliseconds that `zone` is ahead of UTC at `instant` (whole seconds). */
function offset(instant: number, zone: string): number {
  const whole = Math.floor(instant / 1000) * 1000;
  return asUtc(wallTime(new Date(whole), zone)) - whole;
}

/**
 * The instant at which a clock in `zone` shows `wall`. A time that is skipped when clocks go forward becomes
 * the one an hour later; of a time that comes twice, the first is meant.
 */
export function instantOf(wall: WallTime, zone: string): Date {
  const utc = asUtc(wall);
  const dayBefore = offset(utc - 86_400_000, zone);
  const dayAfter = offset(utc + 86_400_000, zone);
  const early = utc - Math.max(dayBefore, dayAfter);
  const late = utc - Math.min(dayBefore, dayAfter);
  if (early + offset(early, zone) === utc) return new Date(early);
  if (late + offset(late, zone) === utc) return new Date(late);
  return new Date(utc - dayBefore);
}

/** Days since 1970 of the calendar day in `zone`: the difference of two is the number of midnights between. */
export function dayNumber(instant: Date, zone: string): number {
  const { year, month, day } = wallTime(instant, zone);
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

/**
 * The zone this machine is set to, or null when the browser does not say one that others know: some report
 * `Etc/Unknown`, an offset, or nothing.
 */
export function namedLocalZone(): string | null {
  const zone: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isNamed = zone !== undefined && /^[A-Za-z]/.test(zone) && zone !== 'Etc/Unknown';
  return isNamed && isUsableZone(zone) ? zone : null;
}

/** The zone this machine is set to, else UTC. */
export function localZone(): string {
  return namedLocalZone() ?? FALLBACK_ZONE;
}
