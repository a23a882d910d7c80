'use client';

import { ChevronDown, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { MenuButton, type MenuOption } from '@/components/ui/menu-button';
import { useClient } from '@/entities/clients/api';
import { ClientPicker } from '@/entities/clients/ui/client-picker';
import { useLabels } from '@/entities/labels/api';
import { LabelPicker } from '@/entities/labels/ui/label-picker';
import { useProjects } from '@/entities/projects/api';
import type { TaskFilter } from '@/entities/tasks/api';
import { cn } from '@/lib/cn';
import type { QueryChange } from '@/lib/url';

const ANY = 'any';

const STATUSES: readonly MenuOption[] = [
  { value: 'open', label: 'Open' },
  { value: 'completed', label: 'Completed' },
  { value: 'all', label: 'All' },
];

type FilterProps = {
  name: string;
  value: string;
  options: readonly MenuOption[];
  isSet: boolean;
  onChange: (value: string) => void;
};

function chip(isSet: boolean): string {
  return cn(
    'inline-flex h-7 max-w-52 pointer-coarse:h-9 items-center gap-1 rounded-md border px-2 text-xs transition-colors hover:bg-hover',
    isSet ? 'border-accent-line bg-accent-soft text-accent-text' : 'text-ink-muted',
  );
}

function ChipText({ name, shown, isSet }: { name: string; shown: string; isSet: boolean }) {
  return (
    <>
      {name}:<bdi className={cn('truncate font-medium', !isSet && 'text-ink')}>{shown}</bdi>
      <ChevronDown aria-hidden className="size-3.5 shrink-0" />
    </>
  );
}

function Filter({ name, value, options, isSet, onChange }: FilterProps) {
  const shown = options.find((option) => option.value === value)?.label ?? '…';
  return (
    <MenuButton
      sections={[{ kind: 'choice', label: name, value, options, onChange }]}
      className={chip(isSet)}
    >
      <ChipText name={name} shown={shown} isSet={isSet} />
    </MenuButton>
  );
}

function ClientFilter({
  clientId,
  onPick,
}: {
  clientId: string | null;
  onPick: (id: string | null) => void;
}) {
  const { data, error } = useClient(clientId);
  const shown = clientId === null ? 'All clients' : (data?.name ?? (error ? 'Unknown' : '…'));
  return (
    <ClientPicker none="All clients" clientId={clientId} onPick={onPick} className={chip(clientId !== null)}>
      <ChipText name="Client" shown={shown} isSet={clientId !== null} />
    </ClientPicker>
  );
}

type LabelFilterProps = { labelIds: readonly string[]; onPick: (ids: readonly string[]) => void };

function LabelFilter({ labelIds, onPick }: LabelFilterProps) {
  const { labels } = useLabels();
  const isSet = labelIds.length > 0;
  const names = labelIds.map(
    (id) => labels?.find((label) => label.id === id)?.name ?? (labels ? 'Unknown' : '…'),
  );
  const toggle = ({ id }: { id: string }) =>
    onPick(labelIds.includes(id) ? labelIds.filter((each) => each !== id) : [...labelIds, id]);
  return (
    <LabelPicker chosen={labelIds} onToggle={toggle} className={chip(isSet)}>
      <ChipText name="Label" shown={isSet ? names.join(', ') : 'Any'} isSet={isSet} />
    </LabelPicker>
  );
}

type TaskFiltersProps = { filter: TaskFilter; onChange: (change: QueryChange) => void };

/** Whether any filter is set. */
export function isNarrowed({ status, clientId, projectId, labelIds }: TaskFilter): boolean {
  return status !== 'open' || clientId !== null || projectId !== null || labelIds.length > 0;
}

function options(all: string, items: readonly { id: string; name: string }[] | undefined): MenuOption[] {
  return [{ value: ANY, label: all }, ...(items ?? []).map(({ id, name }) => ({ value: id, label: name }))];
}

export function TaskFilters({ filter, onChange }: TaskFiltersProps) {
  const projects = useProjects();
  const isFiltered = isNarrowed(filter);
  const choose = (parameter: string, neutral: string) => (value: string) =>
    onChange({ [parameter]: value === neutral ? null : value });
  return (
    <div className="flex flex-wrap items-center gap-1.5 border-b px-4 py-2 sm:px-6">
      <Filter
        name="Status"
        value={filter.status ?? 'all'}
        options={STATUSES}
        isSet={filter.status !== 'open'}
        onChange={choose('status', 'open')}
      />
      <ClientFilter clientId={filter.clientId} onPick={(client) => onChange({ client })} />
      <Filter
        name="Project"
        value={filter.projectId ?? ANY}
        options={options('All projects', projects.items)}
        isSet={filter.projectId !== null}
        onChange={choose('project', ANY)}
      />
      <LabelFilter labelIds={filter.labelIds} onPick={(ids) => onChange({ label: ids.join(',') || null })} />
      {isFiltered && (
        <Button
          size="sm"
          variant="ghost"
          onClick={() => onChange({ status: null, client: null, project: null, label: null })}
        >
          <X aria-hidden className="size-3.5" />
          Clear filters
        </Button>
      )}
    </div>
  );
}
