import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'vite';

/**
 * Code that counts what it does: one for each call of a function and each turn of a loop, in everything that is bundled,
 * whether or not it knows of pausing. So a test can say how much is done between two moments on any machine, however busy
 * that is. What the language does inside one call (a sort's own work, a copy of an array) is not seen, but what it calls.
 */
export interface Work {
  /** Calls and turns so far. */
  done: number;
}

const ROOT = join(import.meta.dirname, '../..');
const OUT = join(ROOT, 'node_modules/.cache/counted');
const COUNT = '$work.done++';
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const LOOPS = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement']);

interface SyntaxNode {
  type: string;
  start: number;
  end: number;
  body?: SyntaxNode;
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';

/** Puts a count at the head of each function and loop; a body without braces gets some. */
function counting(code: string, program: SyntaxNode): string {
  const inserted: { at: number; text: string }[] = [];
  const visit = (node: SyntaxNode): void => {
    const counts = (FUNCTIONS.has(node.type) || LOOPS.has(node.type)) && node.body;
    const isBlock = counts && counts.type === 'BlockStatement';
    const [before, after] = FUNCTIONS.has(node.type) ? [`(${COUNT},`, ')'] : [`{${COUNT};`, '}'];
    if (isBlock) inserted.push({ at: counts.start + 1, text: `${COUNT};` });
    else if (counts) inserted.push({ at: counts.start, text: before });
    for (const child of Object.values(node).flat() as unknown[]) if (isNode(child)) visit(child);
    if (counts && !isBlock) inserted.push({ at: counts.end, text: after });
  };
  visit(program);
  let from = 0;
  let counted = 'const $work=globalThis.$work;';
  for (const { at, text } of inserted.sort((a, b) => a.at - b.at)) {
    counted += code.slice(from, at) + text;
    from = at;
  }
  return counted + code.slice(from);
}

const plugin: Plugin = {
  name: 'counted',
  enforce: 'post',
  transform(code, id) {
    return id.includes('\0') ? null : { code: counting(code, this.parse(code) as unknown as SyntaxNode), map: null };
  },
};

/** The exports of a module of this repository, which count, and what they have done. */
export async function counted<T>(path: string): Promise<{ module: T; work: Work }> {
  const work: Work = ((globalThis as { $work?: Work }).$work ??= { done: 0 });
  const name = `${path.replaceAll('/', '-')}.mjs`;
  mkdirSync(OUT, { recursive: true });
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [plugin],
    ssr: { noExternal: true },
    build: {
      ssr: join(ROOT, path),
      outDir: OUT,
      emptyOutDir: false,
      minify: false,
      target: 'es2022',
      rolldownOptions: { output: { entryFileNames: name, codeSplitting: false } },
    },
  });
  const module = (await import(/* @vite-ignore */ pathToFileURL(join(OUT, name)).href)) as T;
  return { module, work };
}
