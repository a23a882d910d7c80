'use client';

import { Button } from '@/components/ui/button';
import type { CursorList } from '@/lib/api/cursor-list';
import { messageOf } from '@/lib/api/errors';
import { toast } from '@/lib/toast';

type LoadMoreProps = Pick<CursorList<unknown>, 'hasMore' | 'isLoadingMore' | 'loadMore'> & { label: string };

/** The end of a list that has further pages; nothing when it has none. */
export function LoadMore({ hasMore, isLoadingMore, loadMore, label }: LoadMoreProps) {
  if (!hasMore) return null;
  const load = () => loadMore().catch((error) => toast({ text: messageOf(error), tone: 'danger' }));
  return (
    <div className="flex justify-center p-3">
      <Button variant="ghost" size="sm" isBusy={isLoadingMore} onClick={load}>
        {label}
      </Button>
    </div>
  );
}
