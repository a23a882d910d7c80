import { ListSkeleton } from '@/components/patterns/skeleton';
import { useMetrics } from '@/entities/metrics/api';
import type { Metric } from '@/entities/metrics/types';
import { cn } from '@/lib/cn';
import { formatDuration } from './duration';
import { CELL, SECOND, Table } from './table';

const GAUGES = {
  'smartstack.jobs.due': 'due',
  'smartstack.jobs.lag': 'lateSeconds',
  'smartstack.jobs.parked': 'parked',
} as const;

export type JobCounts = { due: number; lateSeconds: number; parked: number };

/** The jobs of each service by its name, as its gauges report them; empty until the first report. */
export function jobsByService(metrics: readonly Metric[]): Map<string, JobCounts> {
  const found = new Map<string, JobCounts>();
  for (const { name, service, value } of metrics) {
    const gauge = GAUGES[name as keyof typeof GAUGES];
    if (!gauge) continue;
    const counts = found.get(service) ?? { due: 0, lateSeconds: 0, parked: 0 };
    found.set(service, { ...counts, [gauge]: value ?? 0 });
  }
  return found;
}

export function JobsTable({ jobs }: { jobs: ReadonlyMap<string, JobCounts> }) {
  const parked = [...jobs].filter(([, counts]) => counts.parked > 0).map(([service]) => service);
  return (
    <>
      <Table label="Jobs" columns={['Service', 'Late by', 'Due', 'Parked']}>
        {[...jobs].sort().map(([service, counts]) => (
          <tr key={service}>
            <th scope="row" className={cn(CELL, 'text-left font-medium')}>
              {service}
            </th>
            <td className={cn(CELL, SECOND)}>
              {counts.due > 0 ? formatDuration(counts.lateSeconds * 1000) : '–'}
            </td>
            <td className={cn(CELL, 'text-right')}>{counts.due}</td>
            <td className={cn(CELL, 'text-right', counts.parked > 0 && 'font-semibold text-danger')}>
              {counts.parked}
            </td>
          </tr>
        ))}
      </Table>
      {parked.length > 0 && (
        <p role="status" className="px-4 py-2 text-sm sm:px-6">
          Jobs failed for good in {parked.join(', ')}. <code>./smartstack jobs ls</code> lists them with the
          reason; <code>retry</code> and <code>discard</code> decide.
        </p>
      )}
    </>
  );
}

/** Work that is due, late, or failed for good, by service. */
export function Jobs() {
  const { data, error } = useMetrics();
  if (!data && error) return <p className="px-4 py-2 text-ink-muted text-sm sm:px-6">Jobs did not load.</p>;
  if (!data) return <ListSkeleton label="Loading jobs" rows={4} />;
  const jobs = jobsByService(data);
  if (jobs.size === 0)
    return <p className="px-4 py-2 text-ink-muted text-sm sm:px-6">No service has reported yet.</p>;
  return <JobsTable jobs={jobs} />;
}
