import { beforeEach, describe, expect, it } from 'vitest';
import { takeLinkToken } from './portal-session';

beforeEach(() => {
  sessionStorage.clear();
  history.replaceState(null, '', '/portal');
});

describe('the token of a share link', () => {
  it('leaves the address as soon as it is read, and this tab keeps it', () => {
    history.replaceState(null, '', '/portal?lang=en#secret');
    const entries = history.length;
    expect(takeLinkToken()).toBe('secret');
    expect(location.pathname + location.search + location.hash).toBe('/portal?lang=en');
    expect(history.length).toBe(entries);
    expect(takeLinkToken()).toBe('secret');
  });

  it('is the newest one that was opened', () => {
    history.replaceState(null, '', '/portal#one');
    takeLinkToken();
    history.replaceState(null, '', '/portal#two');
    expect(takeLinkToken()).toBe('two');
  });

  it('is missing when no link was opened', () => {
    expect(takeLinkToken()).toBeNull();
  });
});
