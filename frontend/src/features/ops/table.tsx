import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

export const CELL = 'px-1.5 py-2 first:pl-4 last:pr-4 sm:px-3 sm:first:pl-6 sm:last:pr-6';
/** On phones there is no room for it: the first column says it too. */
export const SECOND = 'max-sm:hidden';

export function Table({
  label,
  columns,
  children,
}: {
  label: string;
  columns: readonly string[];
  children: ReactNode;
}) {
  return (
    <div className="overflow-x-auto">
      <table aria-label={label} className="tabular w-full text-sm">
        <thead>
          <tr className="border-b text-left text-ink-muted text-xs">
            {columns.map((column, at) => (
              <th
                key={column}
                scope="col"
                className={cn(CELL, 'font-medium', at === 1 && SECOND, at > 1 && 'text-right')}
              >
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </div>
  );
}
