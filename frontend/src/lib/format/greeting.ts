import { isolate } from './isolate';
import { wallTime } from './zone';

/** A greeting for the time of day in `zone`, to a person's first name. */
export function greeting(name: string, zone: string, now: Date): string {
  const { hour } = wallTime(now, zone);
  const first = isolate(name.trim().split(/\s+/)[0] ?? '');
  if (hour < 5 || hour >= 18) return `Good evening, ${first}`;
  return hour < 12 ? `Good morning, ${first}` : `Good afternoon, ${first}`;
}
