import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDue, fromDueInput, toDueInput } from './due';

const LONDON = 'Europe/London';
const now = new Date('2026-11-23T09:30:00Z');

describe('due dates', () => {
  it('shows the date alone when no time of day was meant', () => {
    expect(formatDue('2026-11-26T23:59:59Z', LONDON, now)).toEqual({ text: 'Thu 26 Nov', tone: 'later' });
    expect(formatDue('2026-11-26T14:00:00Z', LONDON, now).text).toBe('Thu 26 Nov, 14:00');
  });

  it('speaks of today, tomorrow and yesterday as the workspace counts days', () => {
    expect(formatDue('2026-11-23T23:59:59Z', LONDON, now)).toEqual({ text: 'Today', tone: 'today' });
    expect(formatDue('2026-11-24T23:59:59Z', LONDON, now)).toEqual({ text: 'Tomorrow', tone: 'soon' });
    expect(formatDue('2026-11-22T23:59:59Z', LONDON, now)).toEqual({ text: 'Yesterday', tone: 'overdue' });
    expect(formatDue('2026-11-24T04:59:59Z', 'America/New_York', now).text).toBe('Today');
  });

  it('is overdue later on the same day once its time has passed', () => {
    expect(formatDue('2026-11-23T09:00:00Z', LONDON, now).tone).toBe('overdue');
  });

  it('names the year of a date that is far away', () => {
    expect(formatDue('2027-11-26T23:59:59Z', LONDON, now).text).toBe('26 Nov 2027');
  });

  it('stores a date without a time as the last second of that day in the workspace’s zone', () => {
    expect(fromDueInput({ date: '2026-07-01', time: '' }, LONDON)).toBe('2026-07-01T22:59:59Z');
    expect(fromDueInput({ date: '2026-07-01', time: '09:15' }, LONDON)).toBe('2026-07-01T08:15:00Z');
    expect(fromDueInput({ date: '', time: '' }, LONDON)).toBeNull();
  });

  it('comes out of the form as it went in', () => {
    const days = fc.date({ min: new Date('2001-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
    const times = fc.option(fc.integer({ min: 3 * 60, max: 24 * 60 - 2 }), { nil: null });
    fc.assert(
      fc.property(days, times, (day, minutes) => {
        const clock = minutes === null ? '' : new Date(minutes * 60_000).toISOString().slice(11, 16);
        const input = { date: day.toISOString().slice(0, 10), time: clock };
        expect(toDueInput(fromDueInput(input, LONDON), LONDON)).toEqual(input);
      }),
    );
  });
});
