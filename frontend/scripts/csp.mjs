/**
 * Writes out/csp.json: the Content-Security-Policy of every exported page.
 *
 * The export carries its boot data in inline scripts, which differ per page and per build. Their hashes go into
 * the policy, so nothing else inline can run. The gateway reads the file at start and sends
 * policies[path of the served .html, relative to the web directory] as the header.
 *
 * Format: {"today.html": "default-src 'self'; …", …}
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const OUT = 'out';
const INLINE_SCRIPT = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;

function hashes(html) {
  const bodies = [...html.matchAll(INLINE_SCRIPT)].map(([, body]) => body);
  const unique = [...new Set(bodies)];
  return unique.map((body) => `'sha256-${createHash('sha256').update(body).digest('base64')}'`);
}

function policy(html) {
  return [
    "default-src 'self'",
    `script-src 'self' ${hashes(html).join(' ')}`.trim(),
    // Dialogs lock the page's scroll through a style element that they insert.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const pages = readdirSync(OUT, { recursive: true })
  .filter((path) => path.endsWith('.html'))
  .sort();
const policies = Object.fromEntries(
  pages.map((path) => [path, policy(readFileSync(`${OUT}/${path}`, 'utf8'))]),
);
writeFileSync(`${OUT}/csp.json`, `${JSON.stringify(policies, null, 2)}\n`);
console.log(`csp.json: ${pages.length} pages`);
