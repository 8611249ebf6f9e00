import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { extname, join, normalize } from 'node:path';

export interface Served {
  port: number;
  close: () => Promise<void>;
}

/** A server on a free port of this machine. */
export async function listen(handler: RequestListener): Promise<Served> {
  const server = createServer(handler);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    port: address.port,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => {
          done();
        });
      }),
  };
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Serves the files of a folder under a path, as plain file hosts do: no rewrites, and no headers but the type and the
 * leave to read the file from elsewhere.
 */
export function files(root: string, under: string): RequestListener {
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const inside = pathname.startsWith(under) ? normalize(decodeURIComponent(pathname.slice(under.length))) : '..';
    const path = inside === '.' || inside === '' ? 'index.html' : inside;
    if (path.startsWith('..')) {
      response.writeHead(404).end();
      return;
    }
    readFile(join(root, path)).then(
      (body) => response.writeHead(200, headers(path)).end(body),
      () => response.writeHead(404).end(),
    );
  };
}

const headers = (path: string) => ({
  'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
  'access-control-allow-origin': '*',
});

export interface HostPage {
  html: string;
  headers?: Record<string, string>;
}

/** Serves pages held in memory, by path. */
export function pages(held: Map<string, HostPage>): RequestListener {
  return (request, response) => {
    const page = held.get(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (page) response.writeHead(200, { 'content-type': TYPES['.html'], ...page.headers }).end(page.html);
    else response.writeHead(404).end();
  };
}
