import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Plugin } from 'vite';

const ROOT = join(import.meta.dirname, '../../..');
const FILE = 'licences.txt';

/** Folders of the packages of which something is shipped, from all bundles of one build: workers have their own. */
const shipped = new Set<string>();

/** Notes which packages are in the files of a bundle; that of the pages, which is the last, writes their licences. */
export function licences(bundle: 'pages' | 'worker'): Plugin {
  return {
    name: `tidemark:licences-${bundle}`,
    apply: 'build',
    generateBundle(_, files) {
      for (const file of Object.values(files)) {
        const ids =
          file.type === 'asset'
            ? file.originalFileNames.map((name) => join(ROOT, 'src', name))
            : Object.entries(file.modules).flatMap(([id, { renderedLength }]) => (renderedLength > 0 ? [id] : []));
        for (const id of ids) note(id);
      }
      if (bundle === 'pages') this.emitFile({ type: 'asset', fileName: FILE, source: written() });
    },
  };
}

function note(id: string): void {
  const path = id.startsWith('\0vite') ? join(ROOT, 'node_modules/vite/package.json') : id.replace(/[?].*$/, '');
  if (!path.includes('/node_modules/')) return;
  let folder = dirname(path);
  while (!existsSync(join(folder, 'package.json')) || !isPackage(folder)) folder = dirname(folder);
  shipped.add(folder);
}

/** Some folders of a package have a package.json of their own, without a name. */
const isPackage = (folder: string): boolean => manifest(folder).name !== undefined;

interface Manifest {
  name?: string;
  version?: string;
  license?: string;
  homepage?: string;
}
const manifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

function written(): string {
  const own = `Tidemark\n\n${readFileSync(join(ROOT, 'LICENSE'), 'utf8').trim()}`;
  const others = [...shipped].map((folder) => {
    const { name, version, license, homepage } = manifest(folder);
    const file = readdirSync(folder).find((one) => /^(licen[cs]e|copying)/i.test(one));
    if (!file) throw new Error(`${name} is shipped, and has no licence text in ${folder}`);
    const head = [`${name} ${version}`, license, homepage].filter(Boolean).join('\n');
    // Of what a package has bundled itself nothing is shipped: the bundle has only what is imported.
    const [text] = readFileSync(join(folder, file), 'utf8').split(/^# Licenses of bundled dependencies/m);
    return `${head}\n\n${text.trim()}`;
  });
  const rule = `\n\n${'-'.repeat(78)}\n\n`;
  return `What this site is made of, and the licences of each part.${rule}${[own, ...others.sort()].join(rule)}\n`;
}
