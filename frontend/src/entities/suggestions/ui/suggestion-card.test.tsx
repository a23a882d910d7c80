import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Suggestion } from '@/entities/suggestions/types';
import { session } from '@/lib/auth/session';
import { SuggestionCard } from './suggestion-card';

const suggestion: Suggestion = {
  id: 's1',
  version: 1,
  created_at: '2026-11-23T09:30:00Z',
  updated_at: '2026-11-23T09:30:00Z',
  kind: 'task',
  status: 'pending',
  needs_review: false,
  fields: { title: 'Send the wireframes', due_at: '2026-11-26T23:59:59Z', priority: 'normal' },
  evidence: [{ message_id: 'm1', quote: 'send the wireframes by Thursday', start: 0, end: 31 }],
  engine: 'offline',
  fallback_reason: null,
  confidence: 0.8,
  client_id: 'k1',
  conversation_id: 'c1',
  message_id: 'm1',
  task_id: null,
};

const onAccept = vi.fn(async () => undefined);
const onDismiss = vi.fn();

beforeEach(() => {
  vi.clearAllMocks();
  const user = { id: 'u', email: 'sam@studio.test', name: 'Sam' };
  const workspace = { id: 'w', name: 'Studio', timezone: 'UTC' };
  session.start({ access_token: 't', token_type: 'Bearer', expires_in: 600, user, workspace });
});

function show(taskId?: string | null) {
  return render(
    <SuggestionCard suggestion={suggestion} taskId={taskId} onAccept={onAccept} onDismiss={onDismiss} />,
  );
}

describe('a suggestion', () => {
  it('is accepted by Tab while the card has the focus', async () => {
    show();
    screen.getByRole('article').focus();
    await userEvent.keyboard('{Tab}');
    expect(onAccept).toHaveBeenCalledWith(suggestion, undefined);
  });

  it('is not accepted by walking past it with Tab', async () => {
    show();
    for (let presses = 0; presses < 6; presses += 1) await userEvent.tab();
    expect(onAccept).not.toHaveBeenCalled();
  });

  it('is accepted with only what was changed', async () => {
    show();
    await userEvent.click(screen.getByRole('button', { name: 'Edit' }));
    const title = screen.getByRole('textbox', { name: 'Title' });
    await userEvent.clear(title);
    await userEvent.type(title, 'Send Acme the wireframes{Enter}');
    expect(onAccept).toHaveBeenCalledWith(suggestion, { title: 'Send Acme the wireframes' });
  });

  it('cannot be accepted without a title', async () => {
    show();
    await userEvent.click(screen.getByRole('button', { name: 'Edit' }));
    await userEvent.clear(screen.getByRole('textbox', { name: 'Title' }));
    await userEvent.keyboard('{Enter}');
    expect(onAccept).not.toHaveBeenCalled();
    expect(screen.getByText('Give the task a title.')).toBeTruthy();
  });

  it('shows the words it rests on', () => {
    show();
    expect(screen.getByText('send the wireframes by Thursday').tagName).toBe('BLOCKQUOTE');
  });

  it('says which engine read the message, and why it had to stand in for another', () => {
    const { unmount } = show();
    expect(screen.getByText(/offline engine/)).toBeTruthy();
    expect(screen.queryByText(/stood in/)).toBeNull();
    unmount();
    const standIn: Suggestion = { ...suggestion, fallback_reason: 'budget' };
    render(
      <SuggestionCard suggestion={standIn} taskId={undefined} onAccept={onAccept} onDismiss={onDismiss} />,
    );
    expect(screen.getByText(/stood in for the language model: this month’s AI budget is spent/)).toBeTruthy();
  });

  it('leads to its task once the server has named it', () => {
    const { rerender } = show(null);
    expect(screen.queryByRole('link', { name: 'View task' })).toBeNull();
    rerender(
      <SuggestionCard suggestion={suggestion} taskId="t1" onAccept={onAccept} onDismiss={onDismiss} />,
    );
    expect(screen.getByRole('link', { name: 'View task' }).getAttribute('href')).toBe('/tasks?task=t1');
  });
});
