import { escape } from './template';

/** A lesson that is wrong is its own page while it is written: file, line, what, and what to try. */
export function troublePage(thrown: unknown): string {
  const facts = (thrown as { facts?: Record<string, unknown> }).facts;
  const text = thrown instanceof Error ? (facts ? thrown.message : (thrown.stack ?? thrown.message)) : String(thrown);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" /><title>This lesson is wrong · Tidemark</title></head>
<body><main><h1>This page could not be made</h1><pre>${escape(text)}</pre><p>It comes back by itself when the file is saved.</p></main></body>
</html>`;
}
