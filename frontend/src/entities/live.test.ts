import { describe, expect, expectTypeOf, it } from 'vitest';
import type { LiveEvent } from '@/lib/live/events';
import { isMadeStale, type Unhandled } from './live';

const event = (type: string, data: LiveEvent['data']): LiveEvent => ({ type, subject: 's', time: 't', data });

describe('a live event', () => {
  it('makes the messages of its own conversation stale and no others', () => {
    const received = event('message_received', { conversation_id: 'c1', client_id: 'k1' });
    expect(isMadeStale(['messages', 'c1'], received)).toBe(true);
    expect(isMadeStale(['messages', 'c2'], received)).toBe(false);
    expect(isMadeStale(['conversations', null], received)).toBe(true);
    expect(isMadeStale(['tasks', 'open', null, null], received)).toBe(false);
  });

  it('reaches one task, every list of tasks, and today', () => {
    const completed = event('task_completed', { task_id: 't1' });
    expect(isMadeStale(['task', 't1'], completed)).toBe(true);
    expect(isMadeStale(['task', 't2'], completed)).toBe(false);
    expect(isMadeStale(['tasks', 'open', null, null], completed)).toBe(true);
    expect(isMadeStale(['today'], completed)).toBe(true);
  });

  it('that says events were lost makes everything stale', () => {
    expect(isMadeStale(['clients', ''], { type: 'reset' })).toBe(true);
  });

  it('of a kind that is not known changes nothing', () => {
    expect(isMadeStale(['today'], event('moon_rose', {}))).toBe(false);
  });

  it('of any kind that the stream may send makes something stale', () => {
    expectTypeOf<Unhandled>().toBeNever();
  });
});
