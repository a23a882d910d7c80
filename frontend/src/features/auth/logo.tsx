/** Three sheets of a stack, the top one ticked off. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" fill="none" className={className}>
      <path
        d="M4 21.5 16 27.5l12-6"
        stroke="var(--accent)"
        strokeOpacity=".4"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path
        d="M4 16 16 22l12-6"
        stroke="var(--accent)"
        strokeOpacity=".7"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path d="M16 3.5 29 10l-13 6.5L3 10z" fill="var(--accent)" />
      <path
        d="m11.8 10 3 2.1 5.6-3.7"
        stroke="var(--on-accent)"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
