import { render } from '@testing-library/react';
import type { ReactElement } from 'react';
import { SWRConfig } from 'swr';
import { session } from '@/lib/auth/session';

/** Signs a member in, without a server. */
export function signInForTest(timezone = 'UTC'): void {
  const user = { id: 'u', email: 'sam@studio.test', name: 'Sam' };
  const workspace = { id: 'w', name: 'Studio', timezone };
  session.start({ access_token: 't', token_type: 'Bearer', expires_in: 600, user, workspace });
}

/** Renders with every request sent: a request of the former test does not stand for the next. */
export function renderFetching(element: ReactElement) {
  return render(<SWRConfig value={{ dedupingInterval: 0 }}>{element}</SWRConfig>);
}
