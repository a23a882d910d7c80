import type { Command } from './commands';

/** The second key of a sequence must come within this time of the first. */
export const SEQUENCE_MS = 1000;

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** `k`, `?`, `Enter`, `mod+k`; null for presses that never are a shortcut of ours. */
export function keyName({ key, ctrlKey, metaKey, altKey }: Press): string | null {
  if (altKey || key === 'Shift' || key === 'Control' || key === 'Meta') return null;
  const name = key.length === 1 ? key.toLowerCase() : key;
  return ctrlKey || metaKey ? `mod+${name}` : name;
}

export type Match = { command: Command | null; isPrefix: boolean };

function startsWith(keys: readonly string[] | undefined, pressed: readonly string[]): boolean {
  return keys !== undefined && pressed.every((key, index) => keys[index] === key);
}

/** What the keys pressed so far mean. */
export function matchKeys(commands: readonly Command[], pressed: readonly string[]): Match {
  const candidates = commands.filter(({ keys }) => startsWith(keys, pressed));
  const command = candidates.find(({ keys }) => keys?.length === pressed.length) ?? null;
  return { command, isPrefix: command === null && candidates.length > 0 };
}

/** Remembers the keys of an unfinished sequence. Feed it every press; it says which command is complete. */
export function createSequence(read: () => readonly Command[], clock: () => number = Date.now) {
  let pressed: string[] = [];
  let last = 0;
  return (key: string): Command | null => {
    if (clock() - last > SEQUENCE_MS) pressed = [];
    last = clock();
    const continued = matchKeys(read(), [...pressed, key]);
    const match = continued.command || continued.isPrefix ? continued : matchKeys(read(), [key]);
    pressed = match.isPrefix ? [...(match === continued ? pressed : []), key] : [];
    return match.command;
  };
}

/** How keys are shown: `⌘K`, `Ctrl K`, `G then T`. */
export function keyLabels(keys: readonly string[], isMac: boolean): string[] {
  const names: Record<string, string> = { Enter: '↵', Escape: 'Esc', ArrowUp: '↑', ArrowDown: '↓' };
  const label = (key: string) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  return keys.flatMap((key) =>
    key.startsWith('mod+') ? [isMac ? '⌘' : 'Ctrl', label(key.slice(4))] : [label(key)],
  );
}
