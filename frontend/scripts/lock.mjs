/**
 * Makes package-lock.json the same wherever it was written.
 *
 * npm records only the platform builds that its registry offers, so a lock written behind a partial mirror
 * lacks the ones for other systems and `npm ci` refuses it there ("Missing … from lock file"). Every name and
 * version is in the parent's optionalDependencies: this adds the missing entries from it. Their `cpu` and `os`
 * keep npm from installing them where they do not belong. Addresses (`resolved`, `funding`) are dropped, so
 * that a lock never ties a user to a host.
 *
 * Usage: npm run lock (after every change of dependencies). With --check it changes nothing and exits with 1
 * when the file would change.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = ['darwin', 'linux', 'win32', 'freebsd', 'android', 'openharmony'];
const PROCESSORS = ['arm64', 'x64', 'arm', 'ia32', 'wasm32'];

/** The `cpu` and `os` that a platform package's name says, as npm writes them. */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  return { ...(cpu && { cpu: [cpu] }), ...(os && { os: [os] }) };
}

function isPlatformBuild(name) {
  const { cpu, os } = platformOf(name);
  return Boolean(cpu && (os || cpu[0] === 'wasm32'));
}

function missingBuilds(packages) {
  const missing = {};
  for (const parent of Object.values(packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      if (packages[path] || !isPlatformBuild(name) || !/^\d/.test(version)) continue;
      missing[path] = { version, ...platformOf(name), ...(parent.dev && { dev: true }), optional: true };
    }
  }
  return missing;
}

function withoutAddresses({ resolved: _resolved, funding: _funding, ...entry }) {
  return entry;
}

export function wholeLock(lock) {
  const packages = { ...lock.packages, ...missingBuilds(lock.packages) };
  const sorted = Object.keys(packages).sort((a, b) => a.localeCompare(b, 'en'));
  return {
    ...lock,
    packages: Object.fromEntries(sorted.map((path) => [path, withoutAddresses(packages[path])])),
  };
}

for (const file of ['package-lock.json', 'tools/openapi/package-lock.json']) {
  const before = readFileSync(file, 'utf8');
  const after = `${JSON.stringify(wholeLock(JSON.parse(before)), null, 2)}\n`;
  if (before === after) continue;
  if (process.argv.includes('--check')) {
    console.error(`${file} is not in its portable form: run npm run lock`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, after);
  }
}
