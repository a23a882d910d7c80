/**
 * Generates src/lib/api/generated/schema.d.ts from the API description.
 *
 * The generator needs an older TypeScript than the app, so it lives in tools/openapi with its own lock.
 * Paths are written with the /api/v1 prefix whether the description carries it in its paths or in `servers`, and
 * the id in a path is called `id` whatever its owner calls it: /api/v1/tasks/{id}. Where there are two, both keep
 * their names.
 *
 * Usage: npm run generate [-- path/to/openapi.json]   (default: ../contracts/openapi.json)
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = '/api/v1';
const TOOL = 'tools/openapi';
const OUTPUT = 'src/lib/api/generated/schema.d.ts';

function withPrefix(path) {
  return /^\/(api|health|\.well-known)\//.test(path) ? path : PREFIX + path;
}

function withPlainId(value) {
  if (Array.isArray(value)) return value.map(withPlainId);
  if (typeof value !== 'object' || value === null) return value;
  if (value.in === 'path') return { ...value, name: 'id' };
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withPlainId(each)]));
}

function normalised(description) {
  const paths = Object.entries(description.paths).map(([path, item]) => {
    const hasOneId = path.match(/\{\w+\}/g)?.length === 1;
    if (!hasOneId) return [withPrefix(path), item];
    return [withPrefix(path).replace(/\{\w+\}/, '{id}'), withPlainId(item)];
  });
  return { ...description, paths: Object.fromEntries(paths) };
}

function generate(description) {
  const scratch = mkdtempSync(join(tmpdir(), 'smartstack-openapi-'));
  try {
    const input = join(scratch, 'openapi.json');
    writeFileSync(input, JSON.stringify(description));
    const generator = `${TOOL}/node_modules/openapi-typescript/bin/cli.js`;
    // A field with a default may be left out of a request.
    const options = ['--default-non-nullable', 'false'];
    execFileSync(process.execPath, [generator, input, '-o', OUTPUT, ...options], { stdio: 'inherit' });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (!existsSync(`${TOOL}/node_modules/openapi-typescript`)) {
  execFileSync('npm', ['ci', '--prefix', TOOL], { stdio: 'inherit' });
}
generate(normalised(JSON.parse(readFileSync(process.argv[2] ?? '../contracts/openapi.json', 'utf8'))));
