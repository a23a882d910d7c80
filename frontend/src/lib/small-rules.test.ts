import { describe, expect, it } from 'vitest';
import { initials } from '@/components/ui/avatar';
import { wantedPage } from '@/features/auth/gate';
import { changedQuery } from './url';
import { madeAt } from './uuid';

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

describe('small rules', () => {
  it('a query keeps what is not changed and drops what is set to null', () => {
    expect(changedQuery(new URLSearchParams('a=1&b=2'), { b: null, c: 'x y' })).toBe('?a=1&c=x+y');
    expect(changedQuery(new URLSearchParams('a=1'), { a: null })).toBe('');
  });

  it('a UUIDv7 says when it was made, others do not', () => {
    expect(madeAt('019ab000-0000-7abc-8def-000000000000')).toBe(0x019ab0000000);
    expect(madeAt('019ab000-0000-4abc-8def-000000000000')).toBeNaN();
  });

  it('initials are of the first and the last word', () => {
    expect(initials('Northwind Sea Traders')).toBe('NT');
    expect(initials('émile')).toBe('É');
    expect(initials('  ')).toBe('');
  });
});
