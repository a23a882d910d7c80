'use client';

import { Command as Cmdk } from 'cmdk';
import { Check, Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog } from '@/components/ui/dialog';

export type PickerOption = { value: string; label: string; icon?: ReactNode };

type PickerDialogProps = {
  title: string;
  placeholder: string;
  /** What is found for `q`; undefined until the first answer. */
  options: readonly PickerOption[] | undefined;
  q: string;
  onSearch: (q: string) => void;
  maxLength?: number | undefined;
  /** One value, or several: with several the dialog stays open as they are picked. */
  chosen: string | readonly string[];
  onPick: (value: string) => void;
  onClose: () => void;
  /** Why nothing could be found, when the search failed. */
  failure?: string | undefined;
};

const NOTE = 'py-6 text-center text-ink-muted text-sm';

/** Chooses one of many, or several, by searching; the owner of the data does the search. */
export function PickerDialog(props: PickerDialogProps) {
  const { title, placeholder, options, q, maxLength, onSearch, chosen, onPick, onClose, failure } = props;
  const isChosen = (value: string) =>
    typeof chosen === 'string' ? value === chosen : chosen.includes(value);
  const pick = (value: string) => {
    if (typeof chosen === 'string') onClose();
    onPick(value);
  };
  return (
    <Dialog title={title} hideTitle onClose={onClose} className="overflow-hidden">
      <Cmdk label={title} loop shouldFilter={false} className="flex min-h-0 flex-col">
        <div className="flex items-center gap-2.5 border-b px-4">
          <Search aria-hidden className="size-4 shrink-0 text-ink-muted" />
          <Cmdk.Input
            dir="auto"
            value={q}
            maxLength={maxLength}
            onValueChange={onSearch}
            placeholder={placeholder}
            className="h-12 w-full bg-transparent text-base outline-none placeholder:text-ink-faint"
          />
        </div>
        <Cmdk.List className="max-h-80 overflow-y-auto p-2">
          {failure && (
            <p role="alert" className={NOTE}>
              {failure}
            </p>
          )}
          {!(options || failure) && <Cmdk.Loading className={NOTE}>Searching…</Cmdk.Loading>}
          {options && <Cmdk.Empty className={NOTE}>Nothing is called that.</Cmdk.Empty>}
          {options?.map(({ value, label, icon }) => (
            <Cmdk.Item
              key={value}
              value={value || 'none'}
              onSelect={() => pick(value)}
              className="flex h-9 cursor-default select-none items-center gap-3 rounded-md px-2.5 text-sm data-[selected=true]:bg-hover"
            >
              {icon}
              <span dir="auto" className="min-w-0 flex-1 truncate">
                {label}
              </span>
              {isChosen(value) && (
                <>
                  <Check aria-hidden className="size-4 text-accent-text" />
                  <span className="sr-only">(chosen)</span>
                </>
              )}
            </Cmdk.Item>
          ))}
        </Cmdk.List>
      </Cmdk>
    </Dialog>
  );
}
