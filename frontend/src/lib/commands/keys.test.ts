import { describe, expect, it } from 'vitest';
import type { Command } from './commands';
import { createSequence, keyLabels, keyName, SEQUENCE_MS } from './keys';

function command(id: string, ...keys: string[]): Command {
  return { id, title: id, group: 'General', keys, run: () => undefined };
}

const commands = [
  command('today', 'g', 't'),
  command('inbox', 'g', 'i'),
  command('new', 'c'),
  command('find', 'mod+k'),
];
const press = (key: string, rest: Partial<KeyboardEvent> = {}) =>
  keyName({ key, ctrlKey: false, metaKey: false, altKey: false, ...rest });

describe('shortcuts', () => {
  it('completes a sequence of two keys', () => {
    const feed = createSequence(() => commands);
    expect(feed('g')).toBeNull();
    expect(feed('i')?.id).toBe('inbox');
    expect(feed('i')).toBeNull();
  });

  it('takes the second key for itself when it does not continue the first', () => {
    const feed = createSequence(() => commands);
    feed('g');
    expect(feed('c')?.id).toBe('new');
    feed('x');
    feed('g');
    expect(feed('t')?.id).toBe('today');
  });

  it('forgets the first key after a while', () => {
    let now = 1000;
    const feed = createSequence(
      () => commands,
      () => now,
    );
    feed('g');
    now += SEQUENCE_MS + 1;
    expect(feed('t')).toBeNull();
  });

  it('takes Ctrl and Command for the same key and leaves Alt alone', () => {
    expect(press('K', { ctrlKey: true })).toBe('mod+k');
    expect(press('k', { metaKey: true })).toBe('mod+k');
    expect(press('k', { altKey: true })).toBeNull();
    expect(press('Shift')).toBeNull();
    expect(press('?')).toBe('?');
  });

  it('shows the keys as they are called on the machine', () => {
    expect(keyLabels(['mod+k'], true)).toEqual(['⌘', 'K']);
    expect(keyLabels(['mod+k'], false)).toEqual(['Ctrl', 'K']);
    expect(keyLabels(['g', 't'], false)).toEqual(['G', 'T']);
  });
});
