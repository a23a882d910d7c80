import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sampleTask } from '@/entities/tasks/sample';
import type { Task } from '@/entities/tasks/types';
import { forgetEverything, invalidateResources } from '@/lib/api/cache';
import { renderFetching, signInForTest } from '@/lib/testing';
import { TaskSheet } from './task-sheet';

const OLD = '019a0000-0000-7000-8000-000000000001';

const task: Task = { ...sampleTask, id: OLD, description: 'In two sizes.' };

/** The one task that the server has; null when it was deleted. */
let stored: Task | null;

function refusal(status: number, code: string): Response {
  return Response.json({ code, title: code }, { status });
}

async function serveTask(request: Request): Promise<Response> {
  if (request.url.endsWith('/restore')) stored = { ...task, version: 9 };
  if (!stored) return refusal(404, 'not_found');
  if (request.method !== 'PATCH') return Response.json(stored);
  if (request.headers.get('If-Match') !== `"${stored.version}"`) return refusal(412, 'stale');
  stored = { ...stored, ...(await request.json()), version: stored.version + 1 };
  return Response.json(stored);
}

async function serve(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname;
  if (path.startsWith('/api/v1/tasks/')) return serveTask(request);
  if (path === '/api/v1/me') return Response.json({ features: [] });
  return Response.json({ items: [], next_cursor: null });
}

beforeEach(() => {
  stored = task;
  vi.stubGlobal('fetch', (input: Request | string) => serve(new Request(input)));
  signInForTest();
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await forgetEverything();
});

const title = () => screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Title' });
const refetch = () => act(async () => void (await invalidateResources('task')));

function write(field: HTMLTextAreaElement, text: string): void {
  fireEvent.change(field, { target: { value: text } });
}

describe('a task that is deleted elsewhere while it is open', () => {
  it('says so, keeps what was written, and offers to copy and to restore it', async () => {
    renderFetching(<TaskSheet id={OLD} onClose={() => undefined} />);
    const field = await title();
    write(field, 'Send the final wireframes');
    stored = null;
    await refetch();
    expect((await screen.findByRole('alert')).textContent).toContain('deleted elsewhere');
    expect((await title()).value).toBe('Send the final wireframes');
    expect((await title()).readOnly).toBe(true);
    expect(screen.getByRole('button', { name: 'Copy text' })).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Complete task' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Restore task' }));
    expect(await screen.findByRole('button', { name: 'Complete task' })).toBeDefined();
  });

  it.each([
    ['an edit', async () => fireEvent.blur(await title())],
    ['Complete', async () => fireEvent.click(screen.getByRole('button', { name: 'Complete task' }))],
  ])('is noticed by %s', async (_what, act) => {
    renderFetching(<TaskSheet id={OLD} onClose={() => undefined} />);
    write(await title(), 'Mine');
    stored = null;
    await act();
    expect((await screen.findByRole('alert')).textContent).toContain('deleted elsewhere');
    expect((await title()).value).toBe('Mine');
  });
});

describe('a task that is not there', () => {
  it('is said to be missing when its id is old', async () => {
    stored = null;
    const onClose = vi.fn();
    renderFetching(<TaskSheet id={OLD} onClose={onClose} />);
    expect(await screen.findByRole('heading', { name: 'There is no such task' })).toBeDefined();
    fireEvent.click(screen.getAllByRole('button', { name: 'Close' }).at(-1) as HTMLElement);
    expect(onClose).toHaveBeenCalled();
  });

  it('is waited for when it may just have been accepted, but not for ever', async () => {
    vi.useFakeTimers();
    stored = null;
    const stamp = Date.now().toString(16).padStart(12, '0');
    const id = `${stamp.slice(0, 8)}-${stamp.slice(8)}-7000-8000-000000000001`;
    renderFetching(<TaskSheet id={id} onClose={() => undefined} />);
    await act(() => vi.advanceTimersByTimeAsync(5000));
    expect(screen.getByRole('status').textContent).toContain('being created');
    await act(() => vi.advanceTimersByTimeAsync(20_000));
    expect(screen.getByRole('heading', { name: 'There is no such task' })).toBeDefined();
  });

  it('appears by itself when it comes into being', async () => {
    vi.useFakeTimers();
    stored = null;
    const stamp = Date.now().toString(16).padStart(12, '0');
    const id = `${stamp.slice(0, 8)}-${stamp.slice(8)}-7000-8000-000000000002`;
    renderFetching(<TaskSheet id={id} onClose={() => undefined} />);
    await act(() => vi.advanceTimersByTimeAsync(2000));
    stored = { ...task, id };
    await act(() => vi.advanceTimersByTimeAsync(5000));
    expect(screen.getByRole('textbox', { name: 'Title' })).toBeDefined();
  });
});

describe('a task that two people rename', () => {
  async function editedUnder(theirs: string) {
    renderFetching(<TaskSheet id={OLD} onClose={() => undefined} />);
    const field = await title();
    write(field, 'Mine');
    stored = { ...task, title: theirs, version: 5 };
    fireEvent.blur(field);
    return screen.findByRole('alert');
  }

  it('shows the later one the other title and keeps their own', async () => {
    const alert = await editedUnder('Theirs');
    expect(alert.textContent).toContain('Theirs');
    expect((await title()).value).toBe('Mine');
    expect(stored?.title).toBe('Theirs');
  });

  it('is overwritten when the later one chooses that', async () => {
    await editedUnder('Theirs');
    fireEvent.click(screen.getByRole('button', { name: 'Save mine' }));
    await waitFor(() => expect(stored?.title).toBe('Mine'));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  it('does not lose the other title to an edit that a live event came into', async () => {
    renderFetching(<TaskSheet id={OLD} onClose={() => undefined} />);
    const field = await title();
    write(field, 'Mine');
    stored = { ...task, title: 'Theirs', version: 5 };
    await refetch();
    fireEvent.blur(field);
    expect((await screen.findByRole('alert')).textContent).toContain('Theirs');
    expect(stored?.title).toBe('Theirs');
    fireEvent.click(screen.getByRole('button', { name: 'Use theirs' }));
    expect((await title()).value).toBe('Theirs');
  });
});
