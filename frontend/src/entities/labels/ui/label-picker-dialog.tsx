'use client';

import { Plus, Settings2 } from 'lucide-react';
import { useState } from 'react';
import { PickerDialog, type PickerOption } from '@/components/patterns/picker-dialog';
import { createLabel, type TaskLabel, useLabels } from '@/entities/labels/api';
import { messageOf } from '@/lib/api/errors';
import { NewLabelLimits } from '@/lib/api/generated/limits';
import { toast } from '@/lib/toast';
import { randomUuid } from '@/lib/uuid';
import { LABEL_COLORS, LabelDot } from './label-chip';

export type LabelPickerDialogProps = {
  chosen: readonly string[];
  onToggle: (label: TaskLabel) => void;
  /** Whether a name that is not found can become a label. */
  canCreate?: boolean;
  onClose: () => void;
  onManage: () => void;
};

const CREATE = 'create';
const MANAGE = 'manage';

function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

/** Chooses labels by name: Enter takes or drops one, and stays. */
export function LabelPickerDialog(props: LabelPickerDialogProps) {
  const { chosen, onToggle, canCreate = false, onClose, onManage } = props;
  const { labels, error } = useLabels();
  const [q, setQ] = useState('');
  const found = labels?.filter(({ name }) => folded(name).includes(folded(q)));
  const isNew = canCreate && folded(q) !== '' && !labels?.some(({ name }) => folded(name) === folded(q));

  const create = async () => {
    const color = LABEL_COLORS[(labels?.length ?? 0) % LABEL_COLORS.length] ?? 'gray';
    try {
      onToggle(await createLabel(q.trim(), color, randomUuid()));
      setQ('');
    } catch (cause) {
      toast({ text: messageOf(cause), tone: 'danger' });
    }
  };
  const pick = (value: string) => {
    if (value === CREATE) return void create();
    if (value === MANAGE) return onManage();
    const label = labels?.find(({ id }) => id === value);
    if (label) onToggle(label);
  };
  const options: PickerOption[] | undefined = found && [
    ...found.map(({ id, name, color }) => ({ value: id, label: name, icon: <LabelDot color={color} /> })),
    ...(isNew ? [{ value: CREATE, label: `Create “${q.trim()}”`, icon: <Plus className="size-4" /> }] : []),
    ...(q ? [] : [{ value: MANAGE, label: 'Manage labels', icon: <Settings2 className="size-4" /> }]),
  ];
  return (
    <PickerDialog
      title="Labels"
      placeholder={canCreate ? 'Find or create a label' : 'Find a label'}
      options={options}
      failure={error ? messageOf(error) : undefined}
      q={q}
      maxLength={NewLabelLimits.name.maxLength}
      onSearch={setQ}
      chosen={chosen}
      onPick={pick}
      onClose={onClose}
    />
  );
}
