import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '@/lib/api/errors';
import { Composer } from './composer';

beforeEach(() => localStorage.clear());

function show(onSend: (body: string, key: string) => Promise<unknown>) {
  render(<Composer label="Reply" placeholder="" draftId="c1" onSend={onSend} />);
  return screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Reply' });
}

describe('the composer', () => {
  it('sends with Enter and starts a new line with Shift+Enter', async () => {
    const onSend = vi.fn(async () => undefined);
    const area = show(onSend);
    await userEvent.type(area, 'one{Shift>}{Enter}{/Shift}two{Enter}');
    expect(onSend).toHaveBeenCalledWith('one\ntwo', expect.any(String));
    await waitFor(() => expect(area.value).toBe(''));
  });

  it('gives the text back when sending fails, and repeats it under the same key', async () => {
    const onSend = vi.fn(async (_body: string, _key: string) =>
      Promise.reject(new ApiError(503, 'down', 'Down')),
    );
    const area = show(onSend);
    await userEvent.type(area, 'hello{Enter}');
    await screen.findByRole('alert');
    expect(area.value).toBe('hello');
    await userEvent.type(area, '{Enter}');
    await waitFor(() => expect(onSend).toHaveBeenCalledTimes(2));
    expect(onSend.mock.calls[0]?.[1]).toBe(onSend.mock.calls[1]?.[1]);
  });

  it('keeps a draft until it is sent', async () => {
    await userEvent.type(
      show(async () => undefined),
      'half a thought',
    );
    expect(localStorage.getItem('smartstack.draft.c1')).toBe('half a thought');
  });

  it('sends nothing with the Enter that ends a composition', async () => {
    const onSend = vi.fn(async () => undefined);
    const area = show(onSend);
    fireEvent.change(area, { target: { value: '日本' } });
    const enter = { key: 'Enter', keyCode: 13 };
    // Chromium and Firefox: the key comes while the text is composed.
    fireEvent.keyDown(area, { ...enter, isComposing: true });
    fireEvent.compositionEnd(area);
    fireEvent.keyUp(area, enter);
    // Safari: the key comes afterwards, marked as handled by the input method.
    fireEvent.compositionEnd(area);
    fireEvent.keyDown(area, { key: 'Enter', keyCode: 229 });
    fireEvent.keyUp(area, enter);
    // And where it is not marked.
    fireEvent.compositionEnd(area);
    fireEvent.keyDown(area, enter);
    fireEvent.keyUp(area, enter);
    expect(onSend).not.toHaveBeenCalled();
    fireEvent.keyDown(area, enter);
    await waitFor(() => expect(onSend).toHaveBeenCalledWith('日本', expect.any(String)));
  });

  it('starts a new line with Enter where a finger is the pointer', async () => {
    vi.spyOn(window, 'matchMedia').mockReturnValue({ matches: true } as MediaQueryList);
    const onSend = vi.fn(async () => undefined);
    const area = show(onSend);
    await userEvent.type(area, 'one{Enter}two');
    expect(area.value).toBe('one\ntwo');
    expect(onSend).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Send message' }));
    expect(onSend).toHaveBeenCalledWith('one\ntwo', expect.any(String));
  });

  it('takes the direction of what is written', () => {
    expect(show(async () => undefined).dir).toBe('auto');
  });

  it('sends nothing when there is nothing to send', async () => {
    const onSend = vi.fn(async () => undefined);
    await userEvent.type(show(onSend), '   {Enter}');
    expect(onSend).not.toHaveBeenCalled();
  });
});
