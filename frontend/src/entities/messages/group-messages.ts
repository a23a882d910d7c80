import { dayNumber } from '@/lib/format/zone';
import type { Message } from './types';

export type GroupedMessage = {
  message: Message;
  /** The first of its day. */
  startsDay: boolean;
  /** The first of several that one person wrote shortly after one another: it carries name and time. */
  startsGroup: boolean;
};

const TOGETHER_MS = 5 * 60_000;

function isContinued(former: Message, message: Message): boolean {
  const pause = new Date(message.created_at).getTime() - new Date(former.created_at).getTime();
  return (
    former.direction === message.direction &&
    former.author_name === message.author_name &&
    pause < TOGETHER_MS
  );
}

/** Says of each message, oldest first, whether it opens a day and a group. */
export function groupMessages(messages: readonly Message[], zone: string): GroupedMessage[] {
  const day = (message: Message) => dayNumber(new Date(message.created_at), zone);
  return messages.map((message, index) => {
    const former = messages[index - 1];
    const startsDay = !former || day(former) !== day(message);
    return { message, startsDay, startsGroup: startsDay || !isContinued(former, message) };
  });
}
