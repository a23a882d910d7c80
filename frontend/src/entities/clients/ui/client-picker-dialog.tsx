'use client';

import { useRef, useState } from 'react';
import { PickerDialog, type PickerOption } from '@/components/patterns/picker-dialog';
import { useClients } from '@/entities/clients/api';
import { messageOf } from '@/lib/api/errors';

export type ClientPickerDialogProps = {
  /** What having no client is called, as in "All clients". */
  none: string;
  clientId: string | null;
  onPick: (clientId: string | null) => void;
  onClose: () => void;
};

/** Every client of the workspace, by search. */
export function ClientPickerDialog({ none, clientId, onPick, onClose }: ClientPickerDialogProps) {
  const [q, setQ] = useState('');
  const { items, error } = useClients(q.trim());
  const former = useRef<readonly PickerOption[]>(undefined);
  if (items) {
    const found = items.map(({ id, name }) => ({ value: id, label: name }));
    former.current = q.trim() ? found : [{ value: '', label: none }, ...found];
  }
  return (
    <PickerDialog
      title="Client"
      placeholder="Search clients"
      options={former.current}
      failure={!items && error ? messageOf(error) : undefined}
      q={q}
      onSearch={setQ}
      chosen={clientId ?? ''}
      onPick={(value) => onPick(value || null)}
      onClose={onClose}
    />
  );
}
