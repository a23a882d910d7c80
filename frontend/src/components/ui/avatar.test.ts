import { describe, expect, it } from 'vitest';
import { initials } from './avatar';

describe('an avatar', () => {
  it('initials are of the first and the last word', () => {
    expect(initials('Northwind Sea Traders')).toBe('NT');
    expect(initials('émile')).toBe('É');
    expect(initials('  ')).toBe('');
  });
});
