import { Button } from '@/components/ui/button';
import type { Conflict } from '@/lib/use-edited';

type ConflictNoticeProps = { conflict: Conflict<string> | null; what: string };

/** Says that a text was changed elsewhere while it was edited here, and lets the person choose. */
export function ConflictNotice({ conflict, what }: ConflictNoticeProps) {
  if (!conflict) return null;
  return (
    <div role="alert" className="enter-fade rounded-lg border border-warn/40 bg-warn-soft p-3 text-sm">
      <p className="font-medium text-warn">The {what} was changed elsewhere. Yours is not saved.</p>
      <p
        dir="auto"
        className="mt-1.5 max-h-40 overflow-y-auto whitespace-pre-wrap border-warn border-s-2 ps-2.5 [overflow-wrap:anywhere]"
      >
        {conflict.theirs || <em>Nothing: it was emptied.</em>}
      </p>
      <div className="mt-2.5 flex flex-wrap gap-2">
        <Button size="sm" onClick={conflict.keepMine}>
          Save mine
        </Button>
        <Button size="sm" variant="ghost" onClick={conflict.takeTheirs}>
          Use theirs
        </Button>
      </div>
    </div>
  );
}
