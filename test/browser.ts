import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/**
 * Finds a Chromium for the tests, without root and without a download: what `BROWSER_PATH` names, what is installed, or
 * the one that comes packed in a development dependency (Linux x64). A browser is accepted when `--version` succeeds.
 */
export interface FoundBrowser {
  executablePath: string;
  args: string[];
  env: Record<string, string>;
}

const PACKED = '@sparticuz/chromium';

/** Nothing that a test opens may lead to a request that the test did not ask for. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-default-browser-check',
  '--no-first-run',
  '--no-pings',
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

const USUAL_PLACES: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((folder) =>
    ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'].map((path) =>
      join(process.env[folder] ?? 'C:/', path),
    ),
  ),
};

type Candidate = Pick<FoundBrowser, 'executablePath' | 'env'>;

let found: FoundBrowser | undefined;

/** The same answer every time it is asked in one process. Throws an error that says what to set or install. */
export function findBrowser(): FoundBrowser {
  found ??= accept(named() ?? installed() ?? packed() ?? fromApt());
  return found;
}

function accept(candidate: Candidate | undefined): FoundBrowser {
  if (!candidate) {
    throw new Error(
      'no browser found for the tests: install Chrome or Chromium, or set BROWSER_PATH to its program' +
        ' (or run: npx playwright install chromium-headless-shell, and set BROWSER_PATH to what it says)',
    );
  }
  const root = process.getuid?.() === 0;
  return { ...candidate, args: root ? [...QUIET, '--no-sandbox'] : QUIET };
}

function starts({ executablePath, env }: Candidate): boolean {
  const { status } = spawnSync(executablePath, ['--version'], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
    timeout: 20_000,
  });
  return status === 0;
}

function named(): Candidate | undefined {
  const executablePath = process.env.BROWSER_PATH;
  if (!executablePath) return undefined;
  const candidate = { executablePath, env: {} };
  if (!starts(candidate)) throw new Error(`BROWSER_PATH: ${executablePath} --version does not succeed`);
  return candidate;
}

function installed(): Candidate | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...(USUAL_PLACES[process.platform] ?? [])]
    .filter((path) => existsSync(path))
    .map((executablePath) => ({ executablePath, env: {} }))
    .find(starts);
}

function packed(): Candidate | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const bin = packedFolder();
  if (!bin) return undefined;
  const folder = unpackOnce(bin);
  const candidate = {
    executablePath: join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: [join(folder, 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  };
  return starts(candidate) ? candidate : undefined;
}

function packedFolder(): string | undefined {
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(PACKED)), '../../bin');
  } catch {
    return undefined;
  }
}

/** Unpacks beside the final folder and renames, so that two processes that start together cannot see half a browser. */
function unpackOnce(bin: string): string {
  const packageJson = JSON.parse(readFileSync(join(bin, '../package.json'), 'utf8')) as { version: string };
  const cache = resolve(bin, '../../../.cache');
  const folder = join(cache, `chromium-${packageJson.version}`);
  if (existsSync(folder)) return folder;
  const making = `${folder}.${String(process.pid)}`;
  mkdirSync(making, { recursive: true });
  writeFileSync(join(making, 'chromium'), unpacked(join(bin, 'chromium.br')), { mode: 0o755 });
  for (const archive of ['al2023', 'swiftshader', 'fonts']) untar(unpacked(join(bin, `${archive}.tar.br`)), making);
  writeFileSync(join(making, 'fonts.conf'), fontsConf(folder));
  try {
    renameSync(making, folder);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

const unpacked = (path: string): Buffer => brotliDecompressSync(readFileSync(path));

/** Without fonts all text is 0 px wide; the configuration that comes with them names fixed folders. */
function fontsConf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'font-cache')}</cachedir>
</fontconfig>
`;
}

const BLOCK = 512;

/** The part of the tar format that the archives use: files, folders and symbolic links with short names. */
function untar(archive: Buffer, into: string): void {
  const field = (offset: number, length: number) =>
    archive.toString('utf8', offset, offset + length).replace(/\0.*$/s, '');
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0;) {
    const size = parseInt(field(at + 124, 12), 8) || 0;
    const path = resolve(into, field(at + 345, 155), field(at, 100));
    if (path !== into && !path.startsWith(`${into}/`)) throw new Error(`${path} would leave the folder ${into}`);
    const kind = field(at + 156, 1);
    if (kind === '5') mkdirSync(path, { recursive: true });
    else mkdirSync(dirname(path), { recursive: true });
    if (kind === '2') symlinkSync(field(at + 157, 100), path);
    if (kind === '' || kind === '0') {
      writeFileSync(path, archive.subarray(at + BLOCK, at + BLOCK + size));
      chmodSync(path, parseInt(field(at + 100, 8), 8) & 0o777);
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** Where there is no packed browser (arm64), root on Debian may install one. */
function fromApt(): Candidate | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined;
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return installed();
}
