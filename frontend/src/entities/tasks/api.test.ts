import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '@/lib/api/errors';
import { session } from '@/lib/auth/session';
import { updateTask } from './api';
import { sampleTask } from './sample';
import type { Task } from './types';

const task: Task = { ...sampleTask, id: 't1', title: 'Send it' };

/** A server that holds one task and checks versions. */
let stored: Task;
const sentVersions: string[] = [];

async function serve(request: Request): Promise<Response> {
  if (request.method === 'GET') return Response.json(stored);
  const version = request.headers.get('If-Match') ?? '';
  sentVersions.push(version);
  if (version !== `"${stored.version}"`) return Response.json({ code: 'stale', title: 'x' }, { status: 412 });
  stored = { ...stored, ...(await request.json()), version: stored.version + 1 };
  return Response.json(stored);
}

beforeEach(() => {
  stored = task;
  sentVersions.length = 0;
  vi.stubGlobal('fetch', serve);
  const user = { id: 'u', email: 'sam@studio.test', name: 'Sam' };
  const workspace = { id: 'w', name: 'Studio', timezone: 'UTC' };
  session.start({ access_token: 't', token_type: 'Bearer', expires_in: 600, user, workspace });
});
afterEach(() => vi.unstubAllGlobals());

describe('saving a task', () => {
  it('sends two edits one after the other, each with the version that the former one made', async () => {
    await Promise.all([updateTask(task, { title: 'Send both' }), updateTask(task, { priority: 'high' })]);
    expect(sentVersions).toEqual(['"1"', '"2"']);
    expect(stored).toMatchObject({ title: 'Send both', priority: 'high' });
  });

  it('goes through when somebody else has changed another field', async () => {
    stored = { ...task, version: 5, description: 'Theirs' };
    await updateTask(task, { title: 'Mine' });
    expect(stored).toMatchObject({ title: 'Mine', description: 'Theirs', version: 6 });
  });

  it('is refused when somebody else has changed the same field', async () => {
    stored = { ...task, version: 5, title: 'Theirs' };
    await expect(updateTask(task, { title: 'Mine' })).rejects.toBeInstanceOf(ApiError);
    expect(stored.title).toBe('Theirs');
  });
});
