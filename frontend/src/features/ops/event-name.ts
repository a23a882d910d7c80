/** `message_received` from `smartstack.comms.message_received.v1`; says so when the type could not be read. */
export function eventName(type: string | null): string {
  return type?.split('.').at(-2) ?? 'unreadable message';
}
