import { afterEach, describe, expect, it, vi } from 'vitest';
import { formatDue, fromDueInput, toDueInput } from './due';
import { isUsableZone, shownZone } from './formatter';
import { greeting } from './greeting';
import { formatAgo, formatClock, formatDate, formatDayHeading, formatMoment } from './time';
import { localZone, namedLocalZone } from './zone';

const UNUSABLE = ['localtime', 'Etc/Unknown', 'Mars/Olympus', '', '+25:00'];
const AT = '2026-11-23T14:05:00Z';
const NOW = new Date('2026-11-30T09:00:00Z');

afterEach(() => vi.restoreAllMocks());

function machineIn(timeZone: string | undefined): void {
  const options = new Intl.DateTimeFormat().resolvedOptions();
  vi.spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions').mockReturnValue({
    ...options,
    timeZone: timeZone as string,
  });
}

describe('a zone that this browser does not know', () => {
  it.each(UNUSABLE)('%j is shown as UTC by everything that formats dates', (zone) => {
    expect(isUsableZone(zone)).toBe(false);
    expect(shownZone(zone)).toBe('UTC');
    expect(formatClock(AT, zone)).toBe('14:05');
    expect(formatDate(AT, zone)).toBe(formatDate(AT, 'UTC'));
    expect(formatAgo(AT, zone, NOW)).toBe(formatAgo(AT, 'UTC', NOW));
    expect(formatDayHeading(AT, zone, NOW)).toBe(formatDayHeading(AT, 'UTC', NOW));
    expect(formatDue(AT, zone, NOW)).toEqual(formatDue(AT, 'UTC', NOW));
    expect(greeting('Sam', zone, NOW)).toBe(greeting('Sam', 'UTC', NOW));
    expect(fromDueInput(toDueInput(AT, zone), zone)).toBe(AT);
  });

  it('is named in a moment that is written in full', () => {
    expect(formatMoment(AT, 'localtime')).toBe(`${formatMoment(AT, 'UTC')} UTC`);
    expect(formatMoment(AT, 'Europe/London')).not.toContain('UTC');
  });

  it.each(['Etc/Unknown', 'localtime', '+02:00', undefined])('%j of this machine becomes UTC', (zone) => {
    machineIn(zone);
    expect(namedLocalZone()).toBeNull();
    expect(localZone()).toBe('UTC');
  });

  it('does not replace one that it knows', () => {
    machineIn('Asia/Kolkata');
    expect(localZone()).toBe('Asia/Kolkata');
  });
});
