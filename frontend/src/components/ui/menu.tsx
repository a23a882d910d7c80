'use client';

import * as Radix from '@radix-ui/react-dropdown-menu';
import { Check } from 'lucide-react';
import { Fragment } from 'react';
import type { MenuButtonProps, MenuSection } from './menu-button';

const ITEM =
  'flex h-8 cursor-default select-none items-center gap-2 rounded-md px-2 text-sm outline-none data-[highlighted]:bg-hover data-[disabled]:opacity-50 [&>svg]:size-4 [&>svg]:text-ink-muted';
const LABEL = 'px-2 pt-1.5 pb-1 text-ink-muted text-xs';

function Section({ section }: { section: MenuSection }) {
  if (section.kind === 'heading') return <Radix.Label className={LABEL}>{section.content}</Radix.Label>;
  if (section.kind === 'actions') {
    return section.actions.map(({ label, icon, run }) => (
      <Radix.Item key={label} className={ITEM} onSelect={run}>
        {icon}
        {label}
      </Radix.Item>
    ));
  }
  return (
    <>
      <Radix.Label className={LABEL}>{section.label}</Radix.Label>
      <Radix.RadioGroup aria-label={section.label} value={section.value} onValueChange={section.onChange}>
        {section.options.map(({ value, label, icon }) => (
          <Radix.RadioItem key={value} value={value} className={ITEM}>
            {icon}
            <span dir="auto" className="mr-6 truncate">
              {label}
            </span>
            <Radix.ItemIndicator className="ml-auto">
              <Check aria-hidden className="size-4 text-accent-text" />
            </Radix.ItemIndicator>
          </Radix.RadioItem>
        ))}
      </Radix.RadioGroup>
    </>
  );
}

/** The menu and its button, open from the start. Use MenuButton, which fetches this when it is needed. */
export function Menu({ label, className, sections, children }: MenuButtonProps) {
  return (
    <Radix.Root defaultOpen modal={false}>
      <Radix.Trigger aria-label={label} className={className}>
        {children}
      </Radix.Trigger>
      <Radix.Content
        align="start"
        sideOffset={6}
        collisionPadding={8}
        className="enter-fade z-50 max-h-[min(24rem,var(--radix-dropdown-menu-content-available-height))] min-w-52 max-w-72 overflow-y-auto rounded-lg border bg-raised p-1 shadow-3"
      >
        {sections.map((section, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a menu keep their places
          <Fragment key={index}>
            {index > 0 && <Radix.Separator className="-mx-1 my-1 h-px bg-line" />}
            <Section section={section} />
          </Fragment>
        ))}
      </Radix.Content>
    </Radix.Root>
  );
}
