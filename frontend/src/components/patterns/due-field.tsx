'use client';

import { TextField } from '@/components/ui/field';
import type { DueInput } from '@/lib/format/due';

type DueFieldProps = {
  value: DueInput;
  onChange: (value: DueInput) => void;
  error?: string | undefined;
  onLeave?: () => void;
};

/** A due date with a time that may be left out. */
export function DueField({ value, onChange, error, onLeave }: DueFieldProps) {
  return (
    <div className="grid grid-cols-[1fr_8rem] gap-2">
      <TextField
        label="Due date"
        type="date"
        onBlur={onLeave}
        value={value.date}
        error={error}
        onChange={(event) =>
          onChange({ date: event.target.value, time: event.target.value ? value.time : '' })
        }
      />
      <TextField
        label="Time (optional)"
        type="time"
        onBlur={onLeave}
        value={value.time}
        disabled={!value.date}
        onChange={(event) => onChange({ ...value, time: event.target.value })}
      />
    </div>
  );
}
