import { formatterFor } from './formatter';
import { dayNumber, instantOf, wallTime } from './zone';

export type DueTone = 'overdue' | 'today' | 'soon' | 'later';

/** How a due date reads and how pressing it is. */
export type DueLabel = { text: string; tone: DueTone };

/** What the date and time fields of a form hold: `YYYY-MM-DD` and `HH:MM`, either may be empty. */
export type DueInput = { date: string; time: string };

const SOON_DAYS = 2;

const pad = (value: number) => String(value).padStart(2, '0');

/** A due date without a time of day is stored as the last second of that day. */
export function isDateOnly(due: Date, zone: string): boolean {
  const { hour, minute, second } = wallTime(due, zone);
  return hour === 23 && minute === 59 && second === 59;
}

export function toDueInput(dueAt: string | null, zone: string): DueInput {
  if (!dueAt) return { date: '', time: '' };
  const due = new Date(dueAt);
  const { year, month, day, hour, minute } = wallTime(due, zone);
  const time = isDateOnly(due, zone) ? '' : `${pad(hour)}:${pad(minute)}`;
  return { date: `${String(year).padStart(4, '0')}-${pad(month)}-${pad(day)}`, time };
}

/** RFC 3339 in UTC, or null without a date. */
export function fromDueInput({ date, time }: DueInput, zone: string): string | null {
  const [year, month, day] = date.split('-').map(Number);
  if (!year || !month || !day) return null;
  const [hour, minute] = time ? time.split(':').map(Number) : [23, 59];
  const wall = { year, month, day, hour: hour ?? 0, minute: minute ?? 0, second: time ? 0 : 59 };
  return instantOf(wall, zone).toISOString().replace('.000Z', 'Z');
}

function dayText(due: Date, daysAway: number, zone: string, now: Date): string {
  if (daysAway === 0) return 'Today';
  if (daysAway === 1) return 'Tomorrow';
  if (daysAway === -1) return 'Yesterday';
  const sameYear = wallTime(due, zone).year === wallTime(now, zone).year;
  const near = Math.abs(daysAway) < 60;
  return formatterFor('en-GB', zone, {
    ...(near && { weekday: 'short' }),
    day: 'numeric',
    month: 'short',
    ...(!(sameYear || near) && { year: 'numeric' }),
  })
    .format(due)
    .replace(',', '');
}

function toneOf(due: Date, daysAway: number, now: Date): DueTone {
  if (due < now) return 'overdue';
  if (daysAway === 0) return 'today';
  return daysAway <= SOON_DAYS ? 'soon' : 'later';
}

export function formatDue(dueAt: string, zone: string, now: Date): DueLabel {
  const due = new Date(dueAt);
  const daysAway = dayNumber(due, zone) - dayNumber(now, zone);
  const { time } = toDueInput(dueAt, zone);
  const day = dayText(due, daysAway, zone, now);
  return { text: time ? `${day}, ${time}` : day, tone: toneOf(due, daysAway, now) };
}
