'use client';

import { SendHorizontal } from 'lucide-react';
import { type FormEvent, type Ref, useImperativeHandle, useRef, useState } from 'react';
import { Spinner } from '@/components/ui/spinner';
import { newIdempotencyKey } from '@/lib/api/client';
import { messageOf } from '@/lib/api/errors';
import { NewMessageLimits } from '@/lib/api/generated/limits';
import { useComposition } from '@/lib/composition';
import { useDraft } from '@/lib/drafts';
import { useIsTouch } from '@/lib/touch';

export type ComposerHandle = { focus: () => void };

type ComposerProps = {
  label: string;
  placeholder: string;
  /** The draft is kept under this name until it is sent. */
  draftId: string;
  onSend: (body: string, idempotencyKey: string) => Promise<unknown>;
  ref?: Ref<ComposerHandle>;
};

/**
 * Where a message is written. Enter sends, Shift+Enter starts a new line, and on touch screens Enter does; what fails
 * stays to be sent again.
 */
export function Composer({ label, placeholder, draftId, onSend, ref }: ComposerProps) {
  const [text, setText] = useDraft(draftId);
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const key = useRef<string>(undefined);
  const composition = useComposition();
  const isTouch = useIsTouch();
  useImperativeHandle(ref, () => ({ focus: () => area.current?.focus() }), []);

  const send = async (event?: FormEvent) => {
    event?.preventDefault();
    const body = text.trim();
    if (!body || isBusy) return;
    setBusy(true);
    setFailure(null);
    key.current ??= newIdempotencyKey();
    setText('');
    try {
      await onSend(body, key.current);
      key.current = undefined;
    } catch (error) {
      setText(body);
      setFailure(messageOf(error));
    } finally {
      setBusy(false);
      area.current?.focus();
    }
  };

  const write = (next: string) => {
    // Another text is another message.
    key.current = undefined;
    setText(next);
  };

  return (
    <form onSubmit={send} className="shrink-0 px-3 pt-1 pb-3 sm:px-5 sm:pb-5">
      {failure && (
        <p role="alert" className="mb-1.5 px-1 text-danger text-xs">
          Not sent. {failure}
        </p>
      )}
      <div className="flex items-end gap-2 rounded-xl border border-line-strong bg-raised p-1.5 shadow-1 transition-colors focus-within:border-accent focus-within:outline-1 focus-within:outline-accent">
        <textarea
          ref={area}
          dir="auto"
          rows={1}
          value={text}
          maxLength={NewMessageLimits.body.maxLength}
          readOnly={isBusy}
          aria-label={label}
          placeholder={placeholder}
          enterKeyHint={isTouch ? 'enter' : 'send'}
          onChange={(event) => write(event.target.value)}
          {...composition.handlers}
          onKeyDown={(event) => {
            if (composition.isComposing(event.nativeEvent)) return;
            if (event.key === 'Escape') event.currentTarget.blur();
            if (event.key !== 'Enter' || event.shiftKey || isTouch) return;
            event.preventDefault();
            void send();
          }}
          className="field-sizing-content max-h-48 min-h-8 flex-1 resize-none bg-transparent px-2 py-1.5 outline-none placeholder:text-ink-faint"
        />
        <button
          type="submit"
          aria-label="Send message"
          title="Send message"
          disabled={!text.trim()}
          className="inline-flex size-8 shrink-0 items-center justify-center rounded-lg bg-accent text-on-accent transition-colors hover:bg-accent-hover disabled:bg-sunken disabled:text-ink-faint"
        >
          {isBusy ? <Spinner /> : <SendHorizontal aria-hidden className="size-4" />}
        </button>
      </div>
    </form>
  );
}
