function resolve(address: string): URL | null {
  return URL.canParse(address, location.origin) ? new URL(address, location.origin) : null;
}

/**
 * Returns `wanted` as a path with query and fragment when it leads to a page of this app, and null otherwise.
 *
 * The browser's own parser decides: it drops tabs and line breaks, and reads a backslash as a slash (WHATWG URL, 4.4).
 * Its result is parsed once more, since `/.//host` resolves to the path `//host`, which is another host.
 */
export function ownAddress(wanted: string): string | null {
  const url = resolve(wanted);
  if (url?.origin !== location.origin) return null;
  const address = url.pathname + url.search + url.hash;
  return address.startsWith('/') && resolve(address)?.origin === location.origin ? address : null;
}
