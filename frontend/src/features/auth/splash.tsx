import { Logo } from './logo';

/** Shown until the session is known. */
export function Splash() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <div role="status" className="enter-fade animate-pulse">
        <span className="sr-only">Loading SmartStack</span>
        <Logo className="size-9" />
      </div>
    </main>
  );
}
