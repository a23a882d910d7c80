type Versioned = { id: string; version: number };

const saving = new Map<string, Promise<Versioned>>();

/**
 * Runs the saves of one thing one after another, so that each carries the version that the former one answered.
 * A save that fails does not stop the next.
 */
export function serialise<T extends Versioned>(thing: T, save: (version: number) => Promise<T>): Promise<T> {
  const former = saving.get(thing.id)?.catch(() => thing) ?? Promise.resolve(thing);
  const next = former.then(({ version }) => save(Math.max(version, thing.version)));
  saving.set(thing.id, next);
  const forget = () => {
    if (saving.get(thing.id) === next) saving.delete(thing.id);
  };
  next.then(forget, forget);
  return next;
}
