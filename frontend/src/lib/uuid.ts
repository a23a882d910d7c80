/** When a UUIDv7 was made, in milliseconds since 1970: its first 48 bits say so. NaN for other ids. */
export function madeAt(id: string): number {
  const hex = id.replaceAll('-', '');
  return hex[12] === '7' ? Number.parseInt(hex.slice(0, 12), 16) : Number.NaN;
}
