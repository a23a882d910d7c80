import { describe, expect, it } from 'vitest';
import { wantedPage } from './wanted-page';

describe('the page after log in', () => {
  it('is the one that was wanted, if it is ours', () => {
    expect(wantedPage('?next=%2Finbox%3Fc%3D1')).toBe('/inbox?c=1');
    expect(wantedPage('')).toBe('/today');
  });

  it('is never on another host', () => {
    for (const next of ['https://evil.test', '//evil.test', '/\\evil.test', 'javascript:alert(1)']) {
      expect(wantedPage(`?next=${encodeURIComponent(next)}`)).toBe('/today');
    }
  });
});
