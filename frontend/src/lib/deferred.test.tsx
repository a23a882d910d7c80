import { act, renderHook } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { commitWaiting, deferWithUndo, useHidden } from './deferred';
import { UNDO_MS, useToasts } from './toast';

beforeEach(() => {
  vi.useFakeTimers();
});

function start(commit = vi.fn(async () => undefined)) {
  const { result } = renderHook(() => ({ hidden: useHidden(), toasts: useToasts() }));
  act(() => deferWithUndo({ id: 'x', done: 'Task deleted', commit }));
  return { result, commit };
}

describe('a change with undo', () => {
  it('hides at once and is sent when the offer ends', async () => {
    const { result, commit } = start();
    expect(result.current.hidden.has('x')).toBe(true);
    expect(commit).not.toHaveBeenCalled();
    await act(() => vi.advanceTimersByTimeAsync(UNDO_MS));
    expect(commit).toHaveBeenCalledTimes(1);
    expect(result.current.hidden.has('x')).toBe(false);
  });

  it('is never sent once it was undone', async () => {
    const { result, commit } = start();
    act(() => result.current.toasts.at(-1)?.action?.run());
    expect(result.current.hidden.has('x')).toBe(false);
    await act(() => vi.advanceTimersByTimeAsync(UNDO_MS * 2));
    expect(commit).not.toHaveBeenCalled();
  });

  it('is sent once when the page is left first', async () => {
    const { commit } = start();
    commitWaiting();
    await act(() => vi.advanceTimersByTimeAsync(UNDO_MS * 2));
    expect(commit).toHaveBeenCalledTimes(1);
  });

  it('comes back with the reason when the server refuses', async () => {
    const { result } = start(vi.fn(async () => Promise.reject(new Error('no'))));
    await act(() => vi.advanceTimersByTimeAsync(UNDO_MS));
    expect(result.current.hidden.has('x')).toBe(false);
    expect(result.current.toasts.some(({ tone }) => tone === 'danger')).toBe(true);
  });
});
