/**
 * Prints the JavaScript each exported page loads first, in kB after gzip, and exits with 1 when a page is over
 * its budget. A page's first scripts are those its HTML names, except `nomodule` ones.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const OUT = 'out';
const BUDGET_KB = { 'portal.html': 160 };
const DEFAULT_BUDGET_KB = 185;

const gzipped = new Map();
function size(path) {
  if (!gzipped.has(path)) gzipped.set(path, gzipSync(readFileSync(OUT + path), { level: 9 }).length);
  return gzipped.get(path);
}

for (const page of readdirSync(OUT)
  .filter((name) => name.endsWith('.html'))
  .sort()) {
  const tags = readFileSync(`${OUT}/${page}`, 'utf8').matchAll(/<script[^>]*\ssrc="([^"?]+)[^"]*"[^>]*>/g);
  const scripts = new Set([...tags].filter(([tag]) => !/nomodule/i.test(tag)).map(([, src]) => src));
  const kb = [...scripts].reduce((sum, path) => sum + size(path), 0) / 1000;
  const budget = BUDGET_KB[page] ?? DEFAULT_BUDGET_KB;
  console.log(`${page.padEnd(16)} ${kb.toFixed(1).padStart(6)} kB of ${budget}`);
  if (kb > budget) process.exitCode = 1;
}
