import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

// A busy machine may take long to show what a test waits for.
configure({ asyncUtilTimeout: 60_000 });

afterEach(cleanup);
