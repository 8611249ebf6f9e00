import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');

/** What each folder of src may import (DESIGN §2); `session.ts` and `client.ts` are the two sides of the worker boundary. */
const ARROWS: Record<string, string[]> = {
  model: [],
  sim: ['model'],
  data: ['sim', 'model'],
  aggregates: ['sim', 'model'],
  sql: ['aggregates', 'model'],
  engine: ['sql', 'aggregates', 'data', 'sim', 'model'],
  learning: ['engine', 'sql', 'data', 'sim', 'model'],
  dialects: ['engine', 'sql', 'data', 'sim', 'model'],
  notebook: ['learning', 'dialects', 'engine', 'sql', 'data', 'sim', 'model'],
  session: ['notebook', 'learning', 'dialects', 'engine', 'sql', 'data', 'sim', 'model'],
  words: ['model'],
  figures: ['words', 'session', 'notebook', 'data', 'model'],
  widgets: ['figures', 'session', 'notebook', 'model'],
  site: ['widgets', 'figures', 'words', 'session', 'notebook', 'data', 'sql', 'model'],
  // What lives on the door alone: it stands for everything that is not drawn.
  cases: ['index', 'model'],
  cli: ['cases', 'words', 'index', 'model'],
};

/** Runs lessons while the site is built, in Node: there the engine is called without a worker. */
const BUILD = 'site/build';
ARROWS[BUILD] = [...new Set(Object.values(ARROWS).flat()), 'site'];

/** Folders of src that may import a dependency; anything that is not listed may be imported nowhere in src. */
const DEPENDENCIES: Record<string, string[]> = {
  comlink: ['session'],
  d3: ['figures'],
  yaml: ['notebook'],
  'markdown-it': ['notebook'],
  svelte: ['figures', 'site', 'widgets', BUILD],
  vite: [BUILD],
  '@sveltejs/vite-plugin-svelte': [BUILD],
  '@codemirror/autocomplete': ['site/editor'],
  '@codemirror/commands': ['site/editor'],
  '@codemirror/language': ['site/editor'],
  '@codemirror/lint': ['site/editor'],
  '@codemirror/state': ['site/editor'],
  '@codemirror/view': ['site/editor'],
  '@fontsource-variable/inter': ['site'],
  '@fontsource-variable/jetbrains-mono': ['site'],
  '@fontsource-variable/source-serif-4': ['site'],
};

const WORKER_SIDE = [
  'model',
  'sim',
  'data',
  'aggregates',
  'sql',
  'engine',
  'learning',
  'dialects',
  'notebook',
  'cases',
];

interface Import {
  from: string;
  to: string;
  /** Erased by the compiler: makes no cycle at run time, but must keep to the arrows. */
  type: boolean;
}

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.(ts|svelte|css)$/.test(path) && !path.includes('node_modules/'));

const text = new Map(sources.map((path) => [path, readFileSync(join(SRC, path), 'utf8')]));

const withoutComments = (code: string) => code.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\/\/.*$/gm, '');

const FROM = /\b(import|export)\s+(type\s+)?([^;'"`]*?)\s*from\s*['"]([^'"]+)['"]/g;
const BARE = /(?:\bimport\s*|\bimport\s*\(\s*|@import\s+)['"]([^'"]+)['"]/g;
const ASSET = /new URL\(\s*['"]([^'"]+)['"]\s*,\s*import\.meta/g;

function importsOf(from: string): Import[] {
  const code = withoutComments(text.get(from) ?? '');
  const named = [...code.matchAll(FROM)].map(([, , type, names = '', to = '']) => ({
    from,
    to,
    type: Boolean(type) || onlyTypes(names),
  }));
  const bare = [...code.matchAll(BARE), ...code.matchAll(ASSET)].map(([, to = '']) => ({ from, to, type: false }));
  return [...named, ...bare];
}

/** `{ type A, type B }` */
function onlyTypes(names: string): boolean {
  const inner = /^\{(.*)\}$/s.exec(names.trim())?.[1];
  if (inner === undefined) return false;
  const parts = inner.split(',').map((part) => part.trim());
  return parts.filter(Boolean).every((part) => part.startsWith('type '));
}

const imports = sources.flatMap(importsOf);

const isLocal = ({ to }: Import) => to.startsWith('.');

/** Path inside src, or undefined for what lies outside (lessons, public). */
function target({ from, to }: Import): string | undefined {
  const path = posix.join(posix.dirname(from), to.replace(/\?.*$/, ''));
  return path.startsWith('..') ? undefined : path;
}

function folderOf(path: string): string {
  if (path.startsWith(`${BUILD}/`)) return BUILD;
  return (path.split('/')[0] ?? '').replace(/\.ts$/, '');
}

const packageOf = (to: string) =>
  to
    .split('/')
    .slice(0, to.startsWith('@') ? 2 : 1)
    .join('/');

const show = ({ from, to }: Import) => `${from} imports ${to}`;

/** The door (`index.ts`) stands above everything that is not drawn. */
const isDoor = (path: string) => !path.includes('/');

test('a folder imports only what lies below it', () => {
  const wrong = imports.filter(isLocal).filter((item) => {
    const path = target(item);
    if (path === undefined || isDoor(item.from)) return false;
    const [above, below] = [folderOf(item.from), folderOf(path)];
    return above !== below && !(ARROWS[above] ?? []).includes(below);
  });
  expect(wrong.map(show)).toEqual([]);
});

test('every folder of src has its arrows', () => {
  const folders = new Set(sources.filter((path) => !isDoor(path)).map(folderOf));
  expect([...folders].filter((folder) => !(folder in ARROWS))).toEqual([]);
});

test('the page reaches the engine only through the worker boundary', () => {
  const page = imports.filter(({ from }) => ['figures', 'widgets', 'site'].includes(folderOf(from)));
  const wrong = page.filter(isLocal).filter((item) => {
    const path = target(item) ?? '';
    return path.startsWith('session/session') || path.startsWith('session/worker');
  });
  expect(wrong.map(show)).toEqual([]);
});

test('the engine does not know that it is in a worker', () => {
  const wrong = imports.filter(isLocal).filter((item) => {
    const path = target(item) ?? '';
    return /^session\/(client|worker)/.test(path) && /^session\/session\.ts$/.test(item.from);
  });
  expect(wrong.map(show)).toEqual([]);
});

/** Imports inside src as a graph of files, of those that `counts`. */
function importGraph(counts: (item: Import) => boolean): Map<string, string[]> {
  const known = new Set(sources);
  const resolve = (path: string) => [path, `${path}.ts`, `${path}/index.ts`].find((name) => known.has(name));
  const next = new Map<string, string[]>();
  for (const item of imports) {
    if (!isLocal(item) || !counts(item)) continue;
    const to = resolve(target(item) ?? '');
    // A component that draws itself inside itself is no cycle of modules.
    if (to && to !== item.from) next.set(item.from, [...(next.get(item.from) ?? []), to]);
  }
  return next;
}

test('there is no cycle of imports', () => {
  expect(cycles(importGraph(({ type }) => !type))).toEqual([]);
});

test('the engine has no cycle of imports, types included', () => {
  expect(cycles(importGraph(({ from }) => folderOf(from) === 'engine'))).toEqual([]);
});

function cycles(next: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: string[]) => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return found;
}

test('the search for cycles finds one', () => {
  const loop = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['a']],
  ]);
  expect(cycles(loop)).toEqual(['a → b → c → a']);
});

test('a dependency is imported from its one folder', () => {
  const outside = imports.filter((item) => !isLocal(item) && !/^(node:|virtual:|\/|#|[a-z]+:)/.test(item.to));
  const wrong = outside.filter(({ from, to }) => {
    const folders = DEPENDENCIES[packageOf(to)] ?? [];
    return !folders.some((folder) => from.startsWith(`${folder}/`));
  });
  expect(wrong.map(show)).toEqual([]);
});

test('only what builds the site uses Node', () => {
  const wrong = imports.filter(({ from, to }) => to.startsWith('node:') && ![BUILD, 'cli'].includes(folderOf(from)));
  expect(wrong.map(show)).toEqual([]);
});

test('the compiler checks everything below the page without DOM types', () => {
  const { compilerOptions, include } = JSON.parse(readFileSync(join(SRC, 'tsconfig.worker.json'), 'utf8')) as {
    compilerOptions: { lib: string[]; types: string[] };
    include: string[];
  };
  const below = new Set(sources.map(folderOf).filter((folder) => WORKER_SIDE.includes(folder)));
  expect([...below].filter((folder) => !include.includes(folder))).toEqual([]);
  expect(include).toContain('session/session.ts');
  expect(compilerOptions).toMatchObject({ lib: ['ES2023'], types: [] });
});

test('no file names a folder of one machine or the host of a registry', () => {
  const folders = ['src', 'lessons', 'test', 'public'].filter((folder) => existsSync(join(ROOT, folder)));
  const places = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|js|svelte|md|css|html|yaml|json|csv|svg)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.includes('node_modules')),
  );
  const files = [
    ...places,
    ...['package.json', 'package-lock.json', 'vite.config.ts', 'README.md'].map((f) => join(ROOT, f)),
  ];
  // Spelt in pieces, so that this file does not find itself.
  const home = new RegExp(['/ho', 'me/|/wo', 'rk/|/Us', 'ers/|[A-Z]:\\\\Us', 'ers'].join(''));
  const host = new RegExp(['regis', 'try\\.|/art', 'ifactory'].join(''));
  const wrong = files.filter((path) => {
    const content = readFileSync(path, 'utf8');
    return home.test(content) || host.test(content);
  });
  expect(wrong.map((path) => relative(ROOT, path))).toEqual([]);
});

interface Locked {
  version?: string;
  license?: string;
  hasInstallScript?: boolean;
}

const locked = Object.entries(
  (JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> }).packages,
).filter(([path]) => path !== '');

test('no package runs a script when it is installed', () => {
  // Optional and only for macOS; npm does not install it elsewhere.
  const wrong = locked.filter(
    ([path, entry]) => entry.hasInstallScript && dirname(path) !== '' && !path.endsWith('/fsevents'),
  );
  expect(wrong.map(([path]) => path)).toEqual([]);
});

test('every package has a licence that we may ship or use', () => {
  const allowed = [
    'MIT',
    'ISC',
    'Apache-2.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    '0BSD',
    'MPL-2.0',
    'OFL-1.1',
    'Python-2.0',
    'BlueOak-1.0.0',
    'CC0-1.0',
    'Unlicense',
    'PSF-2.0',
  ];
  const wrong = locked.filter(([, { license = '' }]) => {
    const options = license.replace(/[()]/g, '').split(' OR ');
    return !options.some((option) => option.split(' AND ').every((name) => allowed.includes(name)));
  });
  expect(wrong.map(([path, { license }]) => `${path}: ${String(license)}`)).toEqual([]);
});

test('package.json pins exact versions', () => {
  const { devDependencies, ...rest } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const loose = Object.entries(devDependencies ?? {}).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  );
  expect(loose).toEqual([]);
  expect(rest.dependencies).toBeUndefined();
});
