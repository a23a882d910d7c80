import { fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetEverything } from '@/lib/api/cache';
import { renderFetching, signInForTest } from '@/lib/testing';
import { ClientPickerDialog } from './client-picker-dialog';

const clients = Array.from({ length: 60 }, (_, index) => ({ id: `k${index}`, name: `Client ${index}` }));
clients.push({ id: 'k60', name: 'Zebra Works' });

/** A server with more clients than a page holds. */
async function serve(request: Request): Promise<Response> {
  const params = new URL(request.url).searchParams;
  const q = params.get('q')?.toLowerCase() ?? '';
  const items = clients.filter(({ name }) => name.toLowerCase().includes(q)).slice(0, 50);
  return Response.json({ items, next_cursor: null });
}

beforeEach(() => {
  vi.stubGlobal('fetch', (input: Request | string) => serve(new Request(input)));
  signInForTest();
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await forgetEverything();
});

describe('the choice of a client', () => {
  it('finds one that is not on the first page', async () => {
    const onPick = vi.fn();
    const nothing = () => undefined;
    renderFetching(
      <ClientPickerDialog none="All clients" clientId={null} onPick={onPick} onClose={nothing} />,
    );
    await screen.findByRole('option', { name: 'Client 0' });
    expect(screen.queryByRole('option', { name: 'Zebra Works' })).toBeNull();
    fireEvent.change(screen.getByRole('combobox'), { target: { value: 'zebra' } });
    fireEvent.click(await screen.findByRole('option', { name: 'Zebra Works' }));
    expect(onPick).toHaveBeenCalledWith('k60');
  });

  it('may be none', async () => {
    const onPick = vi.fn();
    const nothing = () => undefined;
    renderFetching(<ClientPickerDialog none="All clients" clientId="k1" onPick={onPick} onClose={nothing} />);
    expect(await screen.findByRole('option', { name: 'Client 1 (chosen)' })).toBeDefined();
    fireEvent.click(screen.getByRole('option', { name: 'All clients' }));
    expect(onPick).toHaveBeenCalledWith(null);
  });
});
