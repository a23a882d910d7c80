'use client';

import { Command as Cmdk } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog } from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/kbd';
import { type Command, type CommandGroup, useActiveCommands } from '@/lib/commands/commands';

const ORDER: readonly CommandGroup[] = ['On this page', 'Go to', 'Create', 'General'];

function Item({ command, onRun }: { command: Command; onRun: (command: Command) => void }) {
  return (
    <Cmdk.Item
      value={command.id}
      keywords={[command.title, command.keywords ?? '']}
      onSelect={() => onRun(command)}
      className="flex h-9 cursor-default select-none items-center gap-3 rounded-md px-2.5 text-sm data-[selected=true]:bg-hover"
    >
      {command.title}
      {command.keys && <Kbd keys={command.keys} className="ml-auto" />}
    </Cmdk.Item>
  );
}

/** Every command by name: Ctrl+K. */
export function Palette({ onClose }: { onClose: () => void }) {
  const commands = useActiveCommands().filter(({ keyOnly }) => !keyOnly);
  const run = (command: Command) => {
    onClose();
    command.run();
  };
  return (
    <Dialog title="Command palette" hideTitle onClose={onClose} className="max-w-xl overflow-hidden">
      <Cmdk label="Commands" loop className="flex min-h-0 flex-col">
        <div className="flex items-center gap-2.5 border-b px-4">
          <Search aria-hidden className="size-4 shrink-0 text-ink-muted" />
          <Cmdk.Input
            placeholder="What do you want to do?"
            className="h-12 w-full bg-transparent text-base outline-none placeholder:text-ink-faint"
          />
        </div>
        <Cmdk.List className="max-h-80 overflow-y-auto p-2">
          <Cmdk.Empty className="py-8 text-center text-ink-muted text-sm">Nothing is called that.</Cmdk.Empty>
          {ORDER.map((group) => {
            const members = commands.filter((command) => command.group === group);
            if (members.length === 0) return null;
            return (
              <Cmdk.Group
                key={group}
                heading={group}
                className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-ink-muted [&_[cmdk-group-heading]]:text-xs"
              >
                {members.map((command) => (
                  <Item key={command.id} command={command} onRun={run} />
                ))}
              </Cmdk.Group>
            );
          })}
        </Cmdk.List>
      </Cmdk>
    </Dialog>
  );
}
