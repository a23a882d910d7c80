import { render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { session } from '@/lib/auth/session';
import { SignUpForm } from './sign-up-form';

vi.mock('next/navigation', () => ({
  useRouter: () => ({ replace: () => undefined }),
  usePathname: () => '/',
}));

afterEach(() => vi.restoreAllMocks());

function showIn(timeZone: string): void {
  const options = new Intl.DateTimeFormat().resolvedOptions();
  vi.spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions').mockReturnValue({ ...options, timeZone });
  session.settleSignedOut();
  render(<SignUpForm />);
}

describe('the form to sign up', () => {
  it('says that dates will be in UTC when the browser does not say its zone', () => {
    showIn('Etc/Unknown');
    expect(screen.getByRole('note').textContent).toContain('UTC');
  });

  it('says nothing about zones otherwise', () => {
    showIn('Europe/London');
    expect(screen.queryByRole('note')).toBeNull();
  });
});
