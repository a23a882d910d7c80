import { describe, expect, it } from 'vitest';
import { changedQuery } from './url';
import { madeAt } from './uuid';

describe('small rules', () => {
  it('a query keeps what is not changed and drops what is set to null', () => {
    expect(changedQuery(new URLSearchParams('a=1&b=2'), { b: null, c: 'x y' })).toBe('?a=1&c=x+y');
    expect(changedQuery(new URLSearchParams('a=1'), { a: null })).toBe('');
  });

  it('a UUIDv7 says when it was made, others do not', () => {
    expect(madeAt('019ab000-0000-7abc-8def-000000000000')).toBe(0x019ab0000000);
    expect(madeAt('019ab000-0000-4abc-8def-000000000000')).toBeNaN();
  });
});
