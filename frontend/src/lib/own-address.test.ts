import { describe, expect, it } from 'vitest';
import { wantedPage } from '@/lib/auth/wanted-page';
import { ownAddress } from './own-address';

const HOST = 'evil.test';
const SLASHES = [
  '//',
  '/\\',
  '\\/',
  '\\\\',
  '///',
  '/\t/',
  '/\n/',
  '/\r/',
  '\t//',
  ' //',
  '/./\t/',
  '/.//',
  '/..//',
  '/a/..//',
];
const ENCODED = ['/%2e//', '/%2E%2e//', '/.\t//', '/\t.//', '\n/.//', '/./\\', '/.\\/', '/x/../\\'];
const SCHEMES = [
  'https:',
  'http:',
  'HTTPS:',
  'ht\ttps:',
  'https:/',
  'https://',
  'https:\\\\',
  'ftp://',
  'ws://',
  '\u0000https://',
];
const OTHERS = [
  'javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'about:blank',
  'https://',
  'http://[',
  `//user:${location.host}@${HOST}`,
  `https://${location.host}.${HOST}/`,
  `https://${location.host}@${HOST}/`,
  `blob:${location.origin}/x`,
  `//${location.hostname}:1/`,
];
const FOREIGN = [...[...SLASHES, ...ENCODED, ...SCHEMES].map((start) => `${start}${HOST}/inbox`), ...OTHERS];

describe('an address from outside', () => {
  it.each(FOREIGN)('%j never leads to another site', (wanted) => {
    for (const page of [ownAddress(wanted), wantedPage(`?next=${encodeURIComponent(wanted)}`)]) {
      if (page === null) continue;
      expect(page).toMatch(/^\/(?![/\\])/);
      expect(new URL(page, location.href).origin).toBe(location.origin);
      expect(new URL(page, location.href).host).not.toContain(HOST);
    }
  });

  it('leads nowhere when its path would be another host', () => {
    for (const wanted of [
      '/.//evil.test/x',
      '/a/..//evil.test',
      '/\t/evil.test',
      '/\\evil.test',
      '//evil.test',
    ]) {
      expect(ownAddress(wanted)).toBeNull();
    }
  });

  it('is kept when it is ours', () => {
    for (const wanted of ['/today', '/inbox?c=1&m=2#end', '/tasks?q=//x', '/ops?id=https://evil.test']) {
      expect(ownAddress(wanted)).toBe(wanted);
    }
    expect(ownAddress(`${location.origin}/tasks?task=1`)).toBe('/tasks?task=1');
    expect(ownAddress('')).toBe('/');
  });
});

describe('the page after log in', () => {
  it('is today when none, or a page for visitors, was wanted', () => {
    for (const search of ['', '?next=', '?next=/', '?next=/login%3Fnext=/inbox', '?next=/signup']) {
      expect(wantedPage(search)).toBe('/today');
    }
  });
});
