import { expect, it } from 'vitest';
import { groupMessages } from './group-messages';
import type { Message } from './types';

function message(created_at: string, author_name = 'Acme'): Message {
  const direction = author_name === 'Acme' ? 'inbound' : 'outbound';
  return {
    id: created_at,
    conversation_id: 'c',
    client_id: 'k',
    direction,
    author_name,
    body: 'x',
    created_at,
  };
}

it('opens a group with a new person, a pause or a new day', () => {
  const grouped = groupMessages(
    [
      message('2026-11-22T23:58:00Z'),
      message('2026-11-22T23:59:00Z'),
      message('2026-11-23T00:01:00Z'),
      message('2026-11-23T00:02:00Z', 'Sam'),
      message('2026-11-23T00:08:00Z', 'Sam'),
    ],
    'UTC',
  );
  expect(grouped.map(({ startsDay }) => startsDay)).toEqual([true, false, true, false, false]);
  expect(grouped.map(({ startsGroup }) => startsGroup)).toEqual([true, false, true, true, true]);
});
