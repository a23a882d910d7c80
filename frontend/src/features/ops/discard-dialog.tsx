'use client';

import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { TextArea } from '@/components/ui/field';
import { discard } from '@/entities/dead-letters/api';
import type { DeadLetterGroup } from '@/entities/dead-letters/types';
import { messageOf } from '@/lib/api/errors';
import { DiscardingLimits } from '@/lib/api/generated/limits';
import { toast } from '@/lib/toast';
import { eventName } from './event-name';
import { progressText } from './progress-text';

type DiscardDialogProps = { group: DeadLetterGroup; onClose: () => void };

/** Asks why before deleting for good: there is no way back, and the record has to say it. */
export function DiscardDialog({ group, onClose }: DiscardDialogProps) {
  const [why, setWhy] = useState('');
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy || !why.trim()) return;
    setBusy(true);
    try {
      toast({ text: progressText(await discard(group, why.trim()), 'discarded') });
      onClose();
    } catch (error) {
      setFailure(messageOf(error));
      setBusy(false);
    }
  };
  const what = group.count === 1 ? 'This event is' : `These ${group.count} events are`;
  return (
    <Dialog
      title={`Discard ${eventName(group.type)}`}
      description={`${what} deleted for good and will never be handled.`}
      onClose={onClose}
    >
      <form onSubmit={submit} className="flex flex-col gap-4 p-5">
        <TextArea
          label="Why"
          rows={3}
          required
          maxLength={DiscardingLimits.why.maxLength}
          value={why}
          error={failure}
          placeholder="Kept in the audit log"
          onChange={(event) => setWhy(event.target.value)}
        />
        <div className="flex justify-end gap-2">
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="danger" isBusy={isBusy} disabled={!why.trim()}>
            Discard
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
