import { fireEvent, screen, waitFor } from '@testing-library/react';
import { SWRConfig } from 'swr';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Client } from '@/entities/clients/types';
import { renderFetching, signInForTest } from '@/lib/testing';
import { ClientForm } from './client-form';

const client = { id: 'k1', version: 1, name: 'Acme', notes: 'Calls at noon.' } as Client;
const sent: { version: string | null; body: unknown }[] = [];

async function serve(request: Request): Promise<Response> {
  const body = await request.json();
  sent.push({ version: request.headers.get('If-Match'), body });
  return Response.json({ ...client, ...body, version: 9 });
}

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal('fetch', serve);
  signInForTest();
});
afterEach(() => vi.unstubAllGlobals());

const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Client name' });
const save = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Save client' });

function editedUnder(theirs: Partial<Client>) {
  const { rerender } = renderFetching(<ClientForm client={client} />);
  fireEvent.change(field(), { target: { value: 'Acme Ltd' } });
  const changed = { ...client, ...theirs, version: 2 };
  rerender(
    <SWRConfig value={{ dedupingInterval: 0 }}>
      <ClientForm client={changed} />
    </SWRConfig>,
  );
}

describe('the details of a client', () => {
  it('that two people change show the later one the other name and save neither by themselves', async () => {
    editedUnder({ name: 'Acme Group' });
    expect((await screen.findByRole('alert')).textContent).toContain('Acme Group');
    expect(field().value).toBe('Acme Ltd');
    expect(save().disabled).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Save mine' }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toMatchObject({ version: '"2"', body: { name: 'Acme Ltd' } });
  });

  it('can be given up for the other ones', async () => {
    editedUnder({ name: 'Acme Group' });
    fireEvent.click(await screen.findByRole('button', { name: 'Use theirs' }));
    await waitFor(() => expect(field().value).toBe('Acme Group'));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('are saved when another field was changed elsewhere', async () => {
    editedUnder({ notes: 'Calls at two.' });
    await waitFor(() =>
      expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Notes' }).value).toBe('Calls at two.'),
    );
    fireEvent.click(save());
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toMatchObject({ version: '"2"', body: { name: 'Acme Ltd', notes: 'Calls at two.' } });
  });
});
