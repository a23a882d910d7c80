import Link from 'next/link';
import { Logo } from '@/features/auth/logo';

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center px-6">
      <div className="flex flex-col items-center text-center">
        <Logo className="mb-5 size-10" />
        <h1 className="font-semibold text-xl tracking-tight">There is no page here</h1>
        <p className="mt-1.5 text-ink-muted">The address may be old or mistyped.</p>
        <Link
          href="/"
          className="mt-6 inline-flex h-9 items-center rounded-md border border-line-strong bg-raised px-3.5 font-medium text-sm shadow-1 hover:bg-sunken"
        >
          Go to SmartStack
        </Link>
      </div>
    </main>
  );
}
