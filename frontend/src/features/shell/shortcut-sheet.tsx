'use client';

import { Kbd } from '@/components/ui/kbd';
import { Sheet } from '@/components/ui/sheet';
import { type CommandGroup, useActiveCommands } from '@/lib/commands/commands';

const ORDER: readonly CommandGroup[] = ['On this page', 'Go to', 'Create', 'General'];

/** Every key that does something here: ?. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const commands = useActiveCommands().filter(({ keys }) => keys);
  return (
    <Sheet title="Keyboard shortcuts" onClose={onClose}>
      {ORDER.map((group) => {
        const members = commands.filter((command) => command.group === group);
        if (members.length === 0) return null;
        return (
          <section key={group} className="mb-6">
            <h3 className="mb-1 font-medium text-ink-muted text-xs">{group}</h3>
            <dl className="divide-y">
              {members.map(({ id, title, keys }) => (
                <div key={id} className="flex h-9 items-center justify-between">
                  <dt className="text-sm">{title}</dt>
                  <dd>
                    <span className="sr-only">{keys?.join(' then ')}</span>
                    <Kbd keys={keys ?? []} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        );
      })}
    </Sheet>
  );
}
