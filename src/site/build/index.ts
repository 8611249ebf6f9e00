import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { createServer, type Plugin, type ViteDevServer } from 'vite';
import type { Kinds } from '../../cases';
import type * as Renderer from './render';
import type * as Trouble from './trouble';

// Everything else of this folder is loaded through Vite, as the pages are: this file and `licences.ts` are part of the configuration.

const SRC = join(import.meta.dirname, '../..');
const ROOT = join(SRC, '..');
const RENDER = '/site/build/render.ts';
/** The adapters of the kinds of cases, which the Semantics page runs. */
const KINDS = join(ROOT, 'test/cases/kinds/index.ts');

/** One for all pages. */
const template = (): string => readFileSync(join(SRC, 'site/page.html'), 'utf8');

/**
 * Makes the pages: finds the lessons, runs them in Node on the real engine, renders the components that the browser
 * will take over, and hands the pages to Vite like any other HTML. In development the same happens per request. A
 * lesson that is wrong fails the build; in development its message is the page.
 */
export function pages(): Plugin[] {
  if (process.env.VITEST) return [];
  return [prerender(), serve()];
}

function prerender(): Plugin {
  const made = new Map<string, string>();
  const data = new Map<string, string>();
  return {
    name: 'tidemark:pages',
    apply: (_, { command, mode, isPreview }) => command === 'build' && mode === 'production' && !isPreview,
    async config() {
      const server = await inner();
      try {
        const { fill, source } = await renderer(server);
        for (const name of source.pages) {
          made.set(join(SRC, `${name}.html`), fill(template(), await source.page(name), { policy: true }));
        }
        for (const name of await source.documents()) data.set(`${name}.json`, await source.json(name));
      } finally {
        await server.close();
      }
      return { build: { rolldownOptions: { input: [...made.keys()] } } };
    },
    resolveId: { order: 'pre', handler: (id) => (made.has(id) ? id : undefined) },
    load: { order: 'pre', handler: (id) => made.get(id) },
    transformIndexHtml: {
      order: 'post',
      // Fonts are known by name only once they are emitted.
      handler(html, { bundle }) {
        const fonts = Object.keys(bundle ?? {}).filter((file) => /-normal-[\w-]+\.woff2$/.test(file));
        const links = fonts
          .map((file) => `<link rel="preload" as="font" type="font/woff2" crossorigin href="./${file}" />`)
          .join('');
        return html.replace('<!--fonts-->', links);
      },
    },
    generateBundle() {
      for (const [fileName, source] of data) this.emitFile({ type: 'asset', fileName, source });
    },
  };
}

async function renderer(
  server: ViteDevServer,
): Promise<Pick<typeof Renderer, 'fill'> & { source: Renderer.SiteSource }> {
  const { fill, SiteSource } = (await server.ssrLoadModule(RENDER)) as typeof Renderer;
  const kinds = async (): Promise<Kinds> => ((await server.ssrLoadModule(KINDS)) as { KINDS: Kinds }).KINDS;
  return { fill, source: new SiteSource(ROOT, kinds) };
}

/** A server without a port, to load the renderer as the build would compile it. */
function inner(): Promise<ViteDevServer> {
  return createServer({
    configFile: false,
    root: SRC,
    mode: 'production',
    logLevel: 'error',
    appType: 'custom',
    cacheDir: join(ROOT, 'node_modules/.vite-pages'),
    optimizeDeps: { noDiscovery: true, include: [] },
    server: { middlewareMode: true, hmr: false, watch: null, ws: false },
    plugins: [svelte({ configFile: false })],
  });
}

function serve(): Plugin {
  return {
    name: 'tidemark:pages-in-development',
    apply: 'serve',
    configureServer(server) {
      if (server.config.server.middlewareMode) return;
      server.watcher.add(join(ROOT, 'lessons'));
      server.watcher.on('all', (_, file) => {
        if (file.startsWith(join(ROOT, 'lessons'))) server.ws.send({ type: 'full-reload' });
      });
      server.middlewares.use((request, response, next) => {
        const [path] = (request.url ?? '/').split('?');
        const match = /^\/(?:([\w-]+)\.(html|json))?$/.exec(path);
        if (!match) return next();
        const [, name = 'index', kind = 'html'] = match;
        answer(server, name, kind, request.url ?? '/').then(
          (found) => {
            if (!found) return next();
            response.statusCode = found.status;
            response.setHeader(
              'content-type',
              kind === 'json' && found.status === 200 ? 'application/json' : 'text/html',
            );
            response.end(found.text);
          },
          (thrown: unknown) => next(thrown),
        );
      });
    },
  };
}

async function answer(
  server: ViteDevServer,
  name: string,
  kind: string,
  url: string,
): Promise<{ status: number; text: string } | null> {
  let html: string;
  let status = 200;
  try {
    const { fill, source } = await renderer(server);
    if (kind === 'json') return (await hasData(source, name)) ? { status, text: await source.json(name) } : null;
    const shown = source.pages.includes(name) ? name : '404';
    if (shown === '404') status = 404;
    html = fill(template(), await source.page(shown), { policy: false }).replace('<!--fonts-->', '');
  } catch (thrown) {
    if (thrown instanceof Error) server.ssrFixStacktrace(thrown);
    status = 500;
    html = await troubleOf(server, thrown);
  }
  return { status, text: await server.transformIndexHtml(url, html) };
}

/** The cases are run only where one of them is asked for. */
const hasData = async (source: Renderer.SiteSource, name: string): Promise<boolean> =>
  source.isLesson(name) || (name.startsWith('case-') && (await source.documents()).includes(name));

/** The message as the page; where even that cannot be loaded, the server sends it. */
async function troubleOf(server: ViteDevServer, thrown: unknown): Promise<string> {
  const { troublePage } = (await server.ssrLoadModule('/site/build/trouble.ts')) as typeof Trouble;
  return troublePage(thrown);
}
