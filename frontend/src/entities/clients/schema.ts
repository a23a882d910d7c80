import * as z from 'zod/mini';
import { NewClientLimits } from '@/lib/api/generated/limits';

const { name, notes } = NewClientLimits;

/** What a form about a client must hold. */
export const clientSchema = z.object({
  name: z
    .string()
    .check(
      z.trim(),
      z.minLength(name.minLength, 'Give the client a name.'),
      z.maxLength(name.maxLength, 'This name is too long.'),
    ),
  notes: z.string().check(z.trim(), z.maxLength(notes.maxLength, 'These notes are too long.')),
});
