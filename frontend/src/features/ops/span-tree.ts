import type { TraceSpan } from '@/entities/traces/types';

export type SpanRow = { span: TraceSpan; depth: number };

function byStart(a: TraceSpan, b: TraceSpan): number {
  return a.offset_ms - b.offset_ms;
}

/**
 * The spans in the order of reading: each before its children, siblings by when they began. A span whose parent has not
 * arrived stands at the top, and so does what would go round in a circle.
 */
export function toRows(spans: readonly TraceSpan[]): SpanRow[] {
  const known = new Set(spans.map(({ span_id }) => span_id));
  const children = new Map<string | null, TraceSpan[]>();
  for (const span of spans) {
    const parent = span.parent_id && known.has(span.parent_id) ? span.parent_id : null;
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const rows: SpanRow[] = [];
  const seen = new Set<string>();
  const add = (span: TraceSpan, depth: number) => {
    if (seen.has(span.span_id)) return;
    seen.add(span.span_id);
    rows.push({ span, depth });
    for (const child of (children.get(span.span_id) ?? []).toSorted(byStart)) add(child, depth + 1);
  };
  for (const root of (children.get(null) ?? []).toSorted(byStart)) add(root, 0);
  for (const span of spans.toSorted(byStart)) add(span, 0);
  return rows;
}
