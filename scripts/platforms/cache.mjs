// Where the real platforms are kept, which versions are pinned, and the Node that runs them. Plain JavaScript: it runs before anything is set up.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** Versions these scripts and the recorded route tables were made for. */
export const pinned = {
  n8n: { package: 'n8n', version: '2.41.1', overrides: { linkedom: '0.18.12' }, entry: 'node_modules/n8n/bin/n8n' },
  flowise: { package: 'flowise', version: '3.1.4', overrides: {}, entry: 'node_modules/flowise/bin/run' },
};

/** The folder that holds one platform. */
export function cacheDir(name) {
  return path.join(homedir(), '.cache', 'sallyport', 'platforms', name);
}

/** Whether this platform is installed whole. */
export function isInstalled(name) {
  return existsSync(path.join(cacheDir(name), '.installed'));
}

/** The locked Node 24 distribution (with its headers), or that of the Node that runs this. */
export function nodeDistribution() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  try {
    return path.dirname(createRequire(path.join(root, 'package.json')).resolve(`${name}/package.json`));
  } catch {
    return path.dirname(path.dirname(process.execPath));
  }
}

/** The folder to put first on PATH, so that everything started finds the right `node`. */
export function nodeBin() {
  return path.join(nodeDistribution(), 'bin');
}
