import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogInForm } from './log-in-form';

vi.mock('next/navigation', () => ({ useRouter: () => ({ replace: vi.fn() }), usePathname: () => '/login' }));

const server = vi.fn<(request: Request) => Promise<Response>>();

beforeEach(() => {
  localStorage.clear();
  server.mockReset();
  vi.stubGlobal('fetch', server);
});
afterEach(() => vi.unstubAllGlobals());

async function fillIn(email: string, password: string) {
  render(<LogInForm />);
  await userEvent.type(screen.getByRole('textbox', { name: 'Work email' }), email);
  await userEvent.type(screen.getByLabelText('Password'), password);
  await userEvent.click(screen.getByRole('button', { name: 'Log in' }));
}

describe('logging in', () => {
  it('asks the server only with an address that can be one', async () => {
    await fillIn('not an address', 'secret');
    expect(screen.getByRole('textbox', { name: 'Work email' }).getAttribute('aria-invalid')).toBe('true');
    expect(server).not.toHaveBeenCalled();
  });

  it('says why the server refused', async () => {
    const problem = { code: 'invalid_credentials', title: 'x', detail: 'E-mail or password is wrong.' };
    server.mockResolvedValue(Response.json(problem, { status: 401 }));
    await fillIn('sam@studio.test', 'wrong');
    expect((await screen.findByRole('alert')).textContent).toBe('E-mail or password is wrong.');
  });

  it('shows at the field what the server says about it', async () => {
    const errors = [{ field: 'body.email', message: 'We do not know this address.' }];
    server.mockResolvedValue(Response.json({ code: 'validation', title: 'x', errors }, { status: 422 }));
    await fillIn('sam@studio.test', 'secret');
    expect(await screen.findByText('We do not know this address.')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
