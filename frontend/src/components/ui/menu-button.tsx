'use client';

import dynamic from 'next/dynamic';
import { type ReactNode, useState } from 'react';

export type MenuOption = { value: string; label: string; icon?: ReactNode };

/** A part of a menu: one of several to choose, or things to do. */
export type MenuSection =
  | {
      kind: 'choice';
      label: string;
      value: string;
      options: readonly MenuOption[];
      onChange: (value: string) => void;
    }
  | { kind: 'actions'; actions: readonly { label: string; icon?: ReactNode; run: () => void }[] }
  | { kind: 'heading'; content: ReactNode };

export type MenuButtonProps = {
  /** The name of the button, when what it shows does not say it. */
  label?: string;
  className?: string;
  sections: readonly MenuSection[];
  children: ReactNode;
};

const load = () => import('./menu').then((module) => module.Menu);
const Menu = dynamic(load, { ssr: false });

/**
 * A button that opens a menu. The menu itself is a large piece of code that most visits never need: it is
 * fetched when the pointer or the focus comes near, and takes the button's place when it is first opened.
 */
export function MenuButton(props: MenuButtonProps) {
  const [wasOpened, setOpened] = useState(false);
  const { label, className, children } = props;
  const button = (
    <button
      type="button"
      aria-label={label}
      aria-haspopup="menu"
      aria-expanded={false}
      className={className}
      onPointerEnter={load}
      onFocus={load}
      onClick={() => load().then(() => setOpened(true))}
    >
      {children}
    </button>
  );
  return wasOpened ? <Menu {...props} /> : button;
}
