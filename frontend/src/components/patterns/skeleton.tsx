/** Rows in the shape of a list that is on its way. `label` tells a screen reader what is loading. */
export function ListSkeleton({
  label,
  rows = 6,
  withAvatar = false,
}: {
  label: string;
  rows?: number;
  withAvatar?: boolean;
}) {
  const widths = ['w-3/5', 'w-2/5', 'w-1/2', 'w-2/3', 'w-1/3'];
  return (
    <div role="status" className="flex flex-col">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <div key={row} className="flex h-14 items-center gap-3 px-4 sm:px-5">
          <span
            className={withAvatar ? 'skeleton size-8 rounded-full!' : 'skeleton size-4.5 rounded-full!'}
          />
          <span className={`skeleton h-3 ${widths[row % widths.length]}`} />
          <span className="skeleton ml-auto h-3 w-14" />
        </div>
      ))}
    </div>
  );
}

/** Lines in the shape of details that are on their way. */
export function DetailSkeleton({ label }: { label: string }) {
  return (
    <div role="status" className="flex flex-col gap-5">
      <span className="sr-only">{label}</span>
      <span className="skeleton h-6 w-3/4" />
      <span className="skeleton h-9 w-full" />
      <span className="skeleton h-9 w-1/2" />
      <span className="skeleton h-24 w-full" />
    </div>
  );
}
