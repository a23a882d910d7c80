import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayNumber, instantOf, wallTime } from './zone';

const zones = fc.constantFrom(
  'UTC',
  'Europe/London',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
);
const seconds = fc.integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2060, 0, 1) / 1000 });

describe('zone', () => {
  it('reads on the wall what was set on the wall', () => {
    fc.assert(
      fc.property(seconds, zones, (at, zone) => {
        const wall = wallTime(new Date(at * 1000), zone);
        const again = wallTime(instantOf(wall, zone), zone);
        expect(again).toEqual(wall);
      }),
      { numRuns: 60 },
    );
  });

  it('takes the first of a time that comes twice', () => {
    const wall = { year: 2026, month: 10, day: 25, hour: 1, minute: 30, second: 0 };
    expect(instantOf(wall, 'Europe/London').toISOString()).toBe('2026-10-25T00:30:00.000Z');
  });

  it('moves a time that is skipped to the one an hour later', () => {
    const wall = { year: 2026, month: 3, day: 29, hour: 1, minute: 30, second: 0 };
    expect(wallTime(instantOf(wall, 'Europe/London'), 'Europe/London').hour).toBe(2);
  });

  it('counts midnights of the zone and not of UTC', () => {
    const evening = new Date('2026-11-24T03:00:00Z');
    const morning = new Date('2026-11-24T13:00:00Z');
    expect(dayNumber(morning, 'America/New_York') - dayNumber(evening, 'America/New_York')).toBe(1);
    expect(dayNumber(morning, 'UTC') - dayNumber(evening, 'UTC')).toBe(0);
  });
});
