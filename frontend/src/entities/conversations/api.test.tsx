import { screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetEverything } from '@/lib/api/cache';
import { renderFetching, signInForTest } from '@/lib/testing';
import { useConversation } from './api';

const asked: string[] = [];

/** A server whose first page holds one conversation, and which has another one. */
async function serve(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  asked.push(pathname);
  if (pathname.endsWith('/conversations')) {
    return Response.json({ items: [{ id: 'listed', client_name: 'Acme' }], next_cursor: 'more' });
  }
  return Response.json({ id: 'beyond', client_name: 'Zebra Works' });
}

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal('fetch', (input: Request | string) => serve(new Request(input)));
  signInForTest();
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await forgetEverything();
});

function Title({ id }: { id: string }) {
  return <h2>{useConversation(id)?.client_name}</h2>;
}

describe('a conversation', () => {
  it('has its title when it is beyond what the list has loaded', async () => {
    renderFetching(<Title id="beyond" />);
    expect(await screen.findByRole('heading', { name: 'Zebra Works' })).toBeDefined();
  });

  it('is not asked for when the list has it', async () => {
    renderFetching(<Title id="listed" />);
    expect(await screen.findByRole('heading', { name: 'Acme' })).toBeDefined();
    expect(asked).toEqual(['/api/v1/conversations']);
  });
});
