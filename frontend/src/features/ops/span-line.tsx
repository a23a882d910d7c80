import { ChevronRight, CircleAlert } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { TraceSpan } from '@/entities/traces/types';
import { cn } from '@/lib/cn';
import { links } from '@/lib/url';
import { formatDuration } from './duration';
import { serviceColour } from './service-colour';

const INDENT_REM = 0.85;
/** A bar is never so short that it cannot be seen. */
const SHORTEST_PERCENT = 0.4;

type SpanLineProps = {
  span: TraceSpan;
  depth: number;
  traceMs: number;
  isOpen: boolean;
  onToggle: () => void;
};

function Bar({ span, traceMs }: Pick<SpanLineProps, 'span' | 'traceMs'>) {
  const whole = Math.max(traceMs, Number.EPSILON);
  const width = Math.max((span.duration_ms / whole) * 100, SHORTEST_PERCENT);
  const left = Math.min((span.offset_ms / whole) * 100, 100 - SHORTEST_PERCENT);
  return (
    <span aria-hidden className="relative h-full flex-1">
      <span
        className={cn(
          'absolute top-1/2 h-2.5 -translate-y-1/2 rounded-sm',
          span.status === 'error' && 'outline-2 outline-danger outline-offset-1',
        )}
        style={{ left: `${left}%`, width: `${width}%`, background: serviceColour(span.service) }}
      />
    </span>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 gap-3">
      <dt className="w-56 shrink-0 truncate text-ink-muted">{name}</dt>
      <dd className="min-w-0 select-all font-mono [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

function Details({ span }: { span: TraceSpan }) {
  const attributes = Object.entries(span.attributes).sort(([a], [b]) => a.localeCompare(b));
  return (
    <div className="border-y bg-sunken px-4 py-3 text-xs sm:px-6">
      <dl className="flex flex-col gap-1">
        <Fact name="kind">{span.kind}</Fact>
        <Fact name="began after">{formatDuration(span.offset_ms)}</Fact>
        {attributes.map(([name, value]) => (
          <Fact key={name} name={name}>
            {String(value)}
          </Fact>
        ))}
        {span.events.map((event) => (
          <Fact key={`${event.name} ${event.offset_ms}`} name={`event: ${event.name}`}>
            after {formatDuration(event.offset_ms)}{' '}
            {Object.entries(event.attributes)
              .filter(([name]) => name !== 'exception.stacktrace')
              .map(([name, value]) => `${name}=${value}`)
              .join(' ')}
          </Fact>
        ))}
      </dl>
      {span.links.length > 0 && (
        <p className="mt-2 flex flex-wrap gap-x-3">
          {span.links.map(({ trace_id, span_id }) => (
            <Link
              key={trace_id + span_id}
              href={links.trace(trace_id)}
              className="text-accent-text underline-offset-4 hover:underline"
            >
              Linked trace {trace_id.slice(0, 8)}
            </Link>
          ))}
        </p>
      )}
    </div>
  );
}

/** One span of a waterfall; a click shows what is known about it. */
export function SpanLine({ span, depth, traceMs, isOpen, onToggle }: SpanLineProps) {
  const failed = span.status === 'error';
  return (
    <li>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-label={`${span.name}, ${span.service}, ${formatDuration(span.duration_ms)}${failed ? ', failed' : ''}`}
        onClick={onToggle}
        className="flex h-8 w-full items-center text-left text-sm transition-colors hover:bg-hover focus-visible:-outline-offset-2"
      >
        <span className="flex w-2/5 max-w-96 shrink-0 items-center gap-1.5 overflow-hidden px-4 sm:px-6">
          <span aria-hidden className="shrink-0" style={{ width: `${depth * INDENT_REM}rem` }} />
          <ChevronRight
            aria-hidden
            className={cn('size-3.5 shrink-0 text-ink-faint transition-transform', isOpen && 'rotate-90')}
          />
          <span
            aria-hidden
            className="size-2 shrink-0 rounded-full"
            style={{ background: serviceColour(span.service) }}
          />
          <span className="truncate">{span.name}</span>
          {failed && <CircleAlert aria-hidden className="size-3.5 shrink-0 text-danger" />}
        </span>
        <Bar span={span} traceMs={traceMs} />
        <span className="tabular w-20 shrink-0 pr-4 text-right text-ink-muted text-xs sm:pr-6">
          {formatDuration(span.duration_ms)}
        </span>
      </button>
      {isOpen && <Details span={span} />}
    </li>
  );
}
