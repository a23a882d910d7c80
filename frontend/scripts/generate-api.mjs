/**
 * Generates src/lib/api/schema.d.ts from the API description.
 *
 * The generator needs an older TypeScript than the app, so it lives in tools/openapi with its own lock.
 * Paths are written with the /api/v1 prefix whether the description carries it in its paths or in `servers`.
 *
 * Usage: npm run generate [-- path/to/openapi.json]   (default: openapi.json)
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = '/api/v1';
const TOOL = 'tools/openapi';
const source = process.argv[2] ?? 'openapi.json';

function withPrefix(description) {
  const prefixed = Object.entries(description.paths).map(([path, item]) => [
    path.startsWith('/api/') || path.startsWith('/health') || path.startsWith('/.well-known')
      ? path
      : PREFIX + path,
    item,
  ]);
  return { ...description, paths: Object.fromEntries(prefixed) };
}

if (!existsSync(`${TOOL}/node_modules/openapi-typescript`)) {
  execFileSync('npm', ['ci', '--prefix', TOOL], { stdio: 'inherit' });
}
const scratch = mkdtempSync(join(tmpdir(), 'smartstack-openapi-'));
try {
  const input = join(scratch, 'openapi.json');
  writeFileSync(input, JSON.stringify(withPrefix(JSON.parse(readFileSync(source, 'utf8')))));
  const generator = `${TOOL}/node_modules/openapi-typescript/bin/cli.js`;
  execFileSync(process.execPath, [generator, input, '-o', 'src/lib/api/schema.d.ts'], { stdio: 'inherit' });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
