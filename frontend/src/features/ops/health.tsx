'use client';

import { Gauge } from 'lucide-react';
import Link from 'next/link';
import { Fragment, type ReactNode } from 'react';
import { EmptyState } from '@/components/patterns/empty-state';
import { ErrorState } from '@/components/patterns/error-state';
import { ListSkeleton } from '@/components/patterns/skeleton';
import { useMetrics } from '@/entities/metrics/api';
import type { Metric } from '@/entities/metrics/types';
import { useQueues } from '@/entities/queues/api';
import { cn } from '@/lib/cn';
import { links } from '@/lib/url';
import { formatDuration } from './duration';
import { Jobs } from './jobs';
import { CELL, SECOND, Table } from './table';

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="border-b pb-4 last:border-b-0">
      <h2 className="px-4 pt-4 pb-1 font-semibold text-sm sm:px-6">{title}</h2>
      {children}
    </section>
  );
}

const UNDELIVERED = 'smartstack.events.undelivered';

/** Published events that each subscriber lacks, by the subscriber's name; empty until the audit reports. */
export function undeliveredBySubscriber(metrics: readonly Metric[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const metric of metrics) {
    if (metric.name === UNDELIVERED) {
      found.set(String(metric.attributes['smartstack.subscriber']), metric.value ?? 0);
    }
  }
  return found;
}

export function UndeliveredRemedy({ undelivered }: { undelivered: ReadonlyMap<string, number> }) {
  const lacking = [...undelivered].filter(([, count]) => count > 0);
  if (lacking.length === 0) return null;
  return (
    <p role="status" className="px-4 py-2 text-sm sm:px-6">
      Published events are missing at {lacking.map(([subscriber]) => subscriber).join(', ')}. Dead letters
      count too. To send them again, run <code>./smartstack events redeliver</code>.
    </p>
  );
}

function Queues() {
  const metrics = useMetrics();
  const { data, error, mutate } = useQueues();
  if (!data && error) {
    return <ErrorState title="Queues did not load" error={error} onRetry={() => void mutate()} />;
  }
  if (!data) return <ListSkeleton label="Loading queues" rows={4} />;
  const undelivered = undeliveredBySubscriber(metrics.data ?? []);
  return (
    <>
      <Table
        label="Queues"
        columns={['Queue', 'Consumer', 'Waiting', 'In flight', 'Dead letters', 'Undelivered']}
      >
        {data.map((queue) => (
          <tr key={queue.queue}>
            <th scope="row" className={cn(CELL, 'text-left font-medium')}>
              {queue.queue}
            </th>
            <td className={cn(CELL, SECOND)}>{queue.service}</td>
            <td className={cn(CELL, 'text-right')}>{queue.visible}</td>
            <td className={cn(CELL, 'text-right')}>{queue.in_flight}</td>
            <td className={cn(CELL, 'text-right', queue.dead_letters > 0 && 'font-semibold text-danger')}>
              {queue.dead_letters > 0 ? (
                <Link href="/ops?view=dead-letters" className="underline underline-offset-4">
                  {queue.dead_letters}
                </Link>
              ) : (
                0
              )}
            </td>
            <td
              className={cn(
                CELL,
                'text-right',
                (undelivered.get(queue.service) ?? 0) > 0 && 'font-semibold text-danger',
              )}
            >
              {undelivered.get(queue.service) ?? '–'}
            </td>
          </tr>
        ))}
      </Table>
      <UndeliveredRemedy undelivered={undelivered} />
    </>
  );
}

function amount(metric: Metric, value: number | null): string {
  if (value === null) return '–';
  if (metric.unit === 's') return formatDuration(value * 1000);
  return Number(value.toPrecision(4)).toLocaleString('en-GB');
}

/** A dotted name that breaks after its dots. */
function MetricName({ name }: { name: string }) {
  const [first = '', ...rest] = name.split('.');
  return (
    <>
      {first}
      {rest.map((part, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a name keep their places
        <Fragment key={at}>
          .<wbr />
          {part}
        </Fragment>
      ))}
    </>
  );
}

function MetricRow({ metric }: { metric: Metric }) {
  const about = Object.values(metric.attributes).join(' · ');
  return (
    <tr>
      <th scope="row" className={cn(CELL, 'text-left font-medium [overflow-wrap:anywhere]')}>
        <MetricName name={metric.name} />
        <span className="block max-w-md font-normal text-ink-muted text-xs sm:truncate">
          <span className="sm:hidden">
            {metric.service}
            {about && ' · '}
          </span>
          {about}
        </span>
      </th>
      <td className={cn(CELL, SECOND)}>{metric.service}</td>
      <td className={cn(CELL, 'text-right')}>{metric.count ?? amount(metric, metric.value)}</td>
      <td className={cn(CELL, 'whitespace-nowrap text-right')}>{amount(metric, metric.p50)}</td>
      <td className={cn(CELL, 'whitespace-nowrap text-right')}>{amount(metric, metric.p95)}</td>
      <td className={cn(CELL, 'text-right')}>
        {metric.exemplar_trace_id && (
          <Link
            href={links.trace(metric.exemplar_trace_id)}
            className="text-accent-text underline-offset-4 hover:underline"
          >
            Trace
          </Link>
        )}
      </td>
    </tr>
  );
}

function Metrics() {
  const { data, error, mutate } = useMetrics();
  if (!data && error) {
    return <ErrorState title="Metrics did not load" error={error} onRetry={() => void mutate()} />;
  }
  if (!data) return <ListSkeleton label="Loading metrics" rows={6} />;
  if (data.length === 0) {
    return (
      <EmptyState icon={<Gauge />} title="No figures yet">
        Services report every few seconds once they have something to report.
      </EmptyState>
    );
  }
  return (
    <Table label="Metrics" columns={['Metric', 'Service', 'Value or count', 'p50', 'p95', 'Example']}>
      {data.map((metric) => (
        <MetricRow
          key={`${metric.service} ${metric.name} ${JSON.stringify(metric.attributes)}`}
          metric={metric}
        />
      ))}
    </Table>
  );
}

/** Queues, jobs, and the figures that services report. */
export function Health() {
  return (
    <>
      <Section title="Queues">
        <Queues />
      </Section>
      <Section title="Jobs">
        <Jobs />
      </Section>
      <Section title="Metrics">
        <Metrics />
      </Section>
    </>
  );
}
