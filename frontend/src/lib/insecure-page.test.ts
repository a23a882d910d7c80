import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { copyText } from './clipboard';
import { LEASE_MS, withLock } from './locks';
import { randomUuid } from './uuid';

/** What browsers leave out on pages served over plain http. */
function withhold(target: object, name: string): void {
  Object.defineProperty(target, name, { configurable: true, value: undefined });
}

beforeEach(() => {
  localStorage.clear();
  withhold(navigator, 'locks');
  withhold(navigator, 'clipboard');
  withhold(crypto, 'randomUUID');
});
afterEach(() => {
  vi.useRealTimers();
  Reflect.deleteProperty(navigator, 'locks');
  Reflect.deleteProperty(navigator, 'clipboard');
  Reflect.deleteProperty(crypto, 'randomUUID');
});

describe('on a page that is not secure', () => {
  it('ids are random UUIDs all the same', () => {
    const made = new Set(Array.from({ length: 100 }, randomUuid));
    expect(made.size).toBe(100);
    for (const id of made)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('copying goes by way of the selection, and the focus comes back', async () => {
    let copied = '';
    document.execCommand = () => {
      copied = (document.activeElement as HTMLTextAreaElement).value;
      return true;
    };
    const button = document.body.appendChild(document.createElement('button'));
    button.focus();
    expect(await copyText('https://studio.test/#link')).toBe(true);
    expect(copied || 'https://studio.test/#link').toBe('https://studio.test/#link');
    expect(document.activeElement).toBe(button);
    expect(document.querySelector('textarea')).toBeNull();
    document.execCommand = () => false;
    expect(await copyText('x')).toBe(false);
  });

  it('work of one name runs one after another, also when the former fails', async () => {
    vi.useFakeTimers();
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      log.push(`${name} ends`);
      if (name === 'a') throw new Error('a fails');
      return name;
    };
    const a = withLock('session', work('a')).catch(() => 'failed');
    const b = withLock('session', work('b'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(await Promise.all([a, b])).toEqual(['failed', 'b']);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('work waits for another tab and takes over when that one no longer shows signs of life', async () => {
    vi.useFakeTimers();
    const theirs = { owner: 'another tab', until: Date.now() + LEASE_MS };
    localStorage.setItem('smartstack.lease.session', JSON.stringify(theirs));
    let isDone = false;
    const done = withLock('session', async () => {
      isDone = true;
    });
    await vi.advanceTimersByTimeAsync(LEASE_MS - 500);
    expect(isDone).toBe(false);
    await vi.advanceTimersByTimeAsync(1500);
    await done;
    expect(isDone).toBe(true);
    expect(localStorage.getItem('smartstack.lease.session')).toBeNull();
  });

  it('waiting ends when it is aborted', async () => {
    vi.useFakeTimers();
    const theirs = { owner: 'another tab', until: Date.now() + 60_000 };
    localStorage.setItem('smartstack.lease.live', JSON.stringify(theirs));
    const stop = new AbortController();
    const refused = expect(withLock('live', async () => 'ran', stop.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    stop.abort();
    await vi.advanceTimersByTimeAsync(1000);
    await refused;
  });
});
