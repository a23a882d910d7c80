import { act, renderHook } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { useEdited } from './use-edited';

type Props = { saved: string };

function show(answer: (value: string) => Promise<boolean>) {
  const onSave = vi.fn(answer);
  const onLeaveUnsaved = vi.fn();
  const view = renderHook(({ saved }: Props) => useEdited({ saved, onSave, onLeaveUnsaved }), {
    initialProps: { saved: 'first' },
  });
  const edit = (value: string) => act(() => view.result.current.edit(value));
  const commit = () => act(async () => view.result.current.commit());
  return { ...view, onSave, onLeaveUnsaved, edit, commit };
}

const accepted = async () => true;

describe('an edited field', () => {
  it('hands the edit on when it is left', async () => {
    const { result, onSave, edit, commit } = show(accepted);
    edit('mine');
    await commit();
    expect(onSave).toHaveBeenCalledWith('mine');
    expect(result.current.conflict).toBeNull();
  });

  it('keeps an edit that was not saved', async () => {
    const { result, edit, commit } = show(async () => false);
    edit('mine');
    await commit();
    expect(result.current.shown).toBe('mine');
  });

  it('shows what was saved elsewhere beside the edit, and saves neither by itself', async () => {
    const { result, rerender, onSave, edit, commit } = show(accepted);
    edit('mine');
    rerender({ saved: 'theirs' });
    await commit();
    expect(onSave).not.toHaveBeenCalled();
    expect(result.current.shown).toBe('mine');
    expect(result.current.conflict?.theirs).toBe('theirs');
  });

  it('saves the edit over the other when that is chosen', async () => {
    const { result, rerender, onSave, edit } = show(accepted);
    edit('mine');
    rerender({ saved: 'theirs' });
    await act(async () => result.current.conflict?.keepMine());
    expect(onSave).toHaveBeenCalledWith('mine');
  });

  it('shows the other when that is chosen', () => {
    const { result, rerender, edit } = show(accepted);
    edit('mine');
    rerender({ saved: 'theirs' });
    act(() => result.current.conflict?.takeTheirs());
    expect(result.current.shown).toBe('theirs');
    expect(result.current.conflict).toBeNull();
  });

  it('shows a change from elsewhere by itself while nothing is edited', () => {
    const { result, rerender } = show(accepted);
    rerender({ saved: 'theirs' });
    expect(result.current.shown).toBe('theirs');
  });

  it('is in no conflict when both wrote the same', () => {
    const { result, rerender, edit } = show(accepted);
    edit('same');
    rerender({ saved: 'same' });
    expect(result.current.conflict).toBeNull();
  });

  it('saves when it leaves the screen, and reports an edit in conflict then', () => {
    const left = show(accepted);
    left.edit('mine');
    left.unmount();
    expect(left.onSave).toHaveBeenCalledWith('mine');
    const waiting = show(accepted);
    waiting.edit('mine');
    waiting.rerender({ saved: 'theirs' });
    waiting.unmount();
    expect(waiting.onSave).not.toHaveBeenCalled();
    expect(waiting.onLeaveUnsaved).toHaveBeenCalledWith('mine');
  });
});
