import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Metric } from '@/entities/metrics/types';
import type { TraceSpan } from '@/entities/traces/types';
import { formatDuration } from './duration';
import { eventName } from './event-name';
import { JobsTable, jobsByService } from './jobs';
import { progressText } from './progress-text';
import { SpanLine } from './span-line';
import { toRows } from './span-tree';

afterEach(cleanup);

function span(span_id: string, parent_id: string | null, offset_ms = 0): TraceSpan {
  return {
    span_id,
    parent_id,
    offset_ms,
    name: `span ${span_id}`,
    service: 'comms',
    kind: 'server',
    duration_ms: 12.34,
    status: 'unset',
    attributes: { 'smartstack.event_id': 'e1' },
    links: [],
    events: [],
  };
}

describe('the spans of a trace', () => {
  it('are shown before what they caused, by when they began', () => {
    const rows = toRows([
      span('late', 'root', 9),
      span('deep', 'early', 5),
      span('root', null),
      span('early', 'root', 2),
    ]);
    expect(rows.map((row) => [row.span.span_id, row.depth])).toEqual([
      ['root', 0],
      ['early', 1],
      ['deep', 2],
      ['late', 1],
    ]);
  });

  it('stand at the top when what caused them has not arrived', () => {
    expect(toRows([span('orphan', 'missing')])).toMatchObject([{ depth: 0 }]);
  });

  it('are all shown once, however they refer to one another', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const graph = fc.uniqueArray(fc.tuple(name, fc.option(name)), { selector: ([id]) => id });
    fc.assert(
      fc.property(graph, (edges) => {
        const rows = toRows(edges.map(([id, parent]) => span(id, parent)));
        expect(rows.map((row) => row.span.span_id).sort()).toEqual(edges.map(([id]) => id).sort());
      }),
    );
  });
});

describe('a line of the waterfall', () => {
  it('says what, where and how long, and shows the rest when it is opened', async () => {
    const onToggle = vi.fn();
    const props = { span: span('a', null), depth: 0, traceMs: 100, onToggle };
    const { rerender } = render(<SpanLine {...props} isOpen={false} />);
    await userEvent.click(screen.getByRole('button', { name: 'span a, comms, 12.3 ms' }));
    expect(onToggle).toHaveBeenCalled();
    expect(screen.queryByText('smartstack.event_id')).toBeNull();
    rerender(<SpanLine {...props} isOpen={true} />);
    expect(screen.getByText('smartstack.event_id')).toBeTruthy();
  });

  it('says that it failed', () => {
    const failed = { ...span('a', null), status: 'error' as const };
    render(<SpanLine span={failed} depth={0} traceMs={100} isOpen={false} onToggle={() => undefined} />);
    expect(screen.getByRole('button', { name: /failed$/ })).toBeTruthy();
  });
});

describe('figures and names', () => {
  it('keep three digits', () => {
    expect([0.84, 12.34, 999.4, 1250].map(formatDuration)).toEqual(['840 µs', '12.3 ms', '999 ms', '1.25 s']);
  });

  it('are an event in short, or say that it could not be read', () => {
    expect(eventName('smartstack.comms.message_received.v1')).toBe('message_received');
    expect(eventName(null)).toBe('unreadable message');
  });

  it('say what is left to do', () => {
    expect(progressText({ done: 3, remaining: 0 }, 'discarded')).toBe('3 discarded');
    expect(progressText({ done: 300, remaining: 40 }, 'discarded')).toContain('40 left');
  });
});

describe('jobs', () => {
  function gauge(service: string, name: string, value: number): Metric {
    const rest = {
      attributes: {},
      count: null,
      exemplar_trace_id: null,
      p50: null,
      p95: null,
      p99: null,
      unit: '',
    };
    return { ...rest, service, name, value } as unknown as Metric;
  }

  it('are counted by service from the gauges, and other metrics are none', () => {
    const counted = jobsByService([
      gauge('tasks', 'smartstack.jobs.due', 2),
      gauge('tasks', 'smartstack.jobs.lag', 90),
      gauge('comms', 'smartstack.jobs.parked', 1),
      gauge('ai', 'smartstack.events.undelivered', 7),
    ]);
    expect([...counted]).toEqual([
      ['tasks', { due: 2, lateSeconds: 90, parked: 0 }],
      ['comms', { due: 0, lateSeconds: 0, parked: 1 }],
    ]);
  });

  it('that failed for good come with the command that decides about them', () => {
    render(<JobsTable jobs={new Map([['comms', { due: 0, lateSeconds: 0, parked: 1 }]])} />);
    expect(screen.getByRole('status').textContent).toContain('./smartstack jobs ls');
    cleanup();
    render(<JobsTable jobs={new Map([['comms', { due: 3, lateSeconds: 5, parked: 0 }]])} />);
    expect(screen.queryByRole('status')).toBeNull();
    expect(screen.getByRole('row', { name: /comms/ }).textContent).toBe('comms5 s30');
  });
});
