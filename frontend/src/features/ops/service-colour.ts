const COLOURS: Readonly<Record<string, string>> = {
  web: 'var(--series-1)',
  gateway: 'var(--series-2)',
  comms: 'var(--series-3)',
  ai: 'var(--series-4)',
  tasks: 'var(--series-5)',
};

/** The same colour for a service wherever it is drawn. */
export function serviceColour(service: string): string {
  return COLOURS[service] ?? 'var(--series-6)';
}
