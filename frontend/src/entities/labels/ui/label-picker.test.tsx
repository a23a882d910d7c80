import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Label } from '@/entities/labels/api';
import { forgetEverything } from '@/lib/api/cache';
import { renderFetching, signInForTest } from '@/lib/testing';
import { LabelPickerDialog } from './label-picker-dialog';

function label(id: string, name: string): Label {
  const at = '2026-11-23T09:30:00Z';
  return { id, name, color: 'blue', open_tasks: 0, version: 1, created_at: at, updated_at: at };
}

let stored: Label[];
let isDown: boolean;

async function serve(request: Request): Promise<Response> {
  if (isDown) return Response.json({ code: 'forbidden', detail: 'Not today.' }, { status: 403 });
  if (request.method === 'POST') {
    const created = label('new', (await request.json()).name);
    stored = [...stored, created];
    return Response.json(created, { status: 201 });
  }
  return Response.json({ items: stored, next_cursor: null });
}

beforeEach(() => {
  stored = [label('1', 'Réunion'), label('2', 'Web')];
  isDown = false;
  vi.stubGlobal('fetch', (input: Request | string) => serve(new Request(input)));
  signInForTest();
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await forgetEverything();
});

function open(chosen: string[] = [], canCreate = true) {
  const asked = { onToggle: vi.fn(), onClose: vi.fn(), onManage: vi.fn() };
  renderFetching(<LabelPickerDialog chosen={chosen} canCreate={canCreate} {...asked} />);
  return asked;
}

async function type(text: string) {
  await screen.findByRole('option', { name: /Web/ });
  await userEvent.type(screen.getByRole('combobox'), text);
}

describe('the choice of labels', () => {
  it('finds by what is typed, whatever case and accents, and Enter takes it and stays open', async () => {
    const { onToggle, onClose } = open();
    await type('REUN');
    expect(screen.queryByRole('option', { name: 'Web' })).toBeNull();
    await userEvent.keyboard('{Enter}');
    expect(onToggle).toHaveBeenCalledWith(expect.objectContaining({ id: '1', name: 'Réunion' }));
    expect(onClose).not.toHaveBeenCalled();
  });

  it('shows which are chosen, and hands one on to be dropped', async () => {
    const { onToggle } = open(['2']);
    fireEvent.click(await screen.findByRole('option', { name: 'Web (chosen)' }));
    expect(onToggle).toHaveBeenCalledWith(expect.objectContaining({ id: '2' }));
  });

  it('creates a label of a new name with Enter, and takes it', async () => {
    const { onToggle } = open();
    await type('Print');
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(onToggle).toHaveBeenCalledWith(expect.objectContaining({ name: 'Print' })));
  });

  it('does not offer to create a name that exists', async () => {
    open();
    await type('reunion');
    expect(screen.queryByRole('option', { name: /Create/ })).toBeNull();
  });

  it('creates nothing where labels are only filtered by', async () => {
    open([], false);
    await type('Print');
    expect(screen.queryByRole('option', { name: /Create/ })).toBeNull();
  });

  it('closes with Escape', async () => {
    const { onClose } = open();
    await type('w');
    await userEvent.keyboard('{Escape}');
    expect(onClose).toHaveBeenCalled();
  });

  it('says why labels did not load', async () => {
    isDown = true;
    open();
    expect((await screen.findByRole('alert')).textContent).toBe('Not today.');
  });
});
