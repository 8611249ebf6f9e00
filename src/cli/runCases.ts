import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { collect, failed, report, runCase, type CaseSource, type Kinds, type CaseVerdict, type Work } from '../cases';

/** A case that takes longer than this has hung, in ms. */
const PATIENCE = 10_000;
/** Memory of one worker, in MB: a case that needs more fails alone. */
const MEMORY = 1_024;

const USE = 'usage: npm run cases -- FOLDER [--allow-skip]';

/** All *.json files below a folder, or the one file. */
function filesOf(path: string): CaseSource[] {
  if (!statSync(path).isDirectory()) return [{ path, content: readFileSync(path, 'utf8') }];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json') && !name.split(/[\\/]/).includes('node_modules'))
    .sort()
    .map((name) => ({ path: name, content: readFileSync(join(path, name), 'utf8') }));
}

/**
 * Runs the cases from number `from` on in a thread of their own, so that one that hangs or eats all memory is stopped
 * and counted, and the rest still runs. Resolves with the number of the first case that did not come back.
 */
function runFrom(work: Work[], from: number, patience: number, done: CaseVerdict[]): Promise<{ why: string } | null> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: work.slice(from).map(({ value }) => value),
      resourceLimits: { maxOldGenerationSizeMb: MEMORY },
    });
    let timer: NodeJS.Timeout;
    const stop = (why: string | null): void => {
      clearTimeout(timer);
      worker.removeAllListeners();
      worker.on('error', () => {});
      void worker.terminate().then(() => resolve(why === null ? null : { why }));
    };
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => stop(`did not end within ${patience / 1_000} s`), patience);
    };
    worker.on('message', (verdict: CaseVerdict) => {
      done.push(verdict);
      if (done.length === work.length) stop(null);
      else wait();
    });
    worker.on('error', (error: Error) => stop(`the runner stopped: ${error.message}`));
    worker.on('exit', (code) => stop(`the runner ended with status ${code}`));
    wait();
  });
}

async function runAll(work: Work[], patience: number): Promise<CaseVerdict[]> {
  const done: CaseVerdict[] = [];
  while (done.length < work.length) {
    const lost = await runFrom(work, done.length, patience, done);
    if (lost) done.push(failed(work[done.length].value, lost.why));
  }
  return done;
}

/** The command: exit status 0 when every case passed, 1 when one failed, 2 when it was called wrongly. */
export async function main(args: readonly string[], patience = PATIENCE): Promise<{ lines: string[]; status: number }> {
  const folders = args.filter((arg) => !arg.startsWith('--'));
  const unknown = args.find((arg) => arg.startsWith('--') && arg !== '--allow-skip');
  if (unknown !== undefined) return { lines: [`unknown option ${unknown}`, USE], status: 2 };
  if (folders.length !== 1) return { lines: [USE], status: 2 };
  let files: CaseSource[];
  try {
    // npm runs a script at the root of the package, whatever folder it was called from.
    files = filesOf(resolve(process.env.INIT_CWD ?? '.', folders[0]));
  } catch (thrown) {
    return { lines: [`${folders[0]}: ${(thrown as Error).message}`, USE], status: 2 };
  }
  const { work, troubles } = collect(files);
  const verdicts = await runAll(work, patience);
  const results = work.map(({ group }, i) => ({ group, verdict: verdicts[i] }));
  const { lines, ok } = report(results, troubles, args.includes('--allow-skip'));
  return { lines, status: ok ? 0 : 1 };
}

/** What a thread of `runFrom` does: the cases that it was given, one verdict after the other. */
export function serve(kinds: Kinds): void {
  if (isMainThread) return;
  for (const value of workerData as Work['value'][]) parentPort?.postMessage(runCase(value, kinds));
}
