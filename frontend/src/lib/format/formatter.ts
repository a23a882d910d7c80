export const FALLBACK_ZONE = 'UTC';

const usable = new Map<string, boolean>();
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Whether this browser can format dates in `zone`. */
export function isUsableZone(zone: string): boolean {
  let answer = usable.get(zone);
  if (answer === undefined) {
    try {
      answer = Boolean(zone && new Intl.DateTimeFormat('en', { timeZone: zone }));
    } catch {
      answer = false;
    }
    usable.set(zone, answer);
  }
  return answer;
}

/** `zone`, or UTC when this browser does not know it. */
export function shownZone(zone: string): string {
  return isUsableZone(zone) ? zone : FALLBACK_ZONE;
}

/** The formatter of these options in `zone`; made once, since making one costs more than a hundred uses of it. */
export function formatterFor(
  locale: string,
  zone: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale} ${zone} ${JSON.stringify(options)}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(locale, { ...options, timeZone: shownZone(zone) });
    formatters.set(key, formatter);
  }
  return formatter;
}
