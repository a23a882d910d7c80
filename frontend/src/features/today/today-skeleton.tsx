export function TodaySkeleton() {
  return (
    <div role="status" className="flex flex-col gap-8">
      <span className="sr-only">Loading today</span>
      <div className="flex flex-col gap-3">
        <span className="skeleton h-4 w-28" />
        <div className="grid gap-3 lg:grid-cols-2">
          <span className="skeleton h-36 rounded-xl!" />
          <span className="skeleton h-36 rounded-xl!" />
        </div>
      </div>
      <div className="flex flex-col gap-3">
        <span className="skeleton h-4 w-28" />
        <span className="skeleton h-40 rounded-xl!" />
      </div>
    </div>
  );
}
