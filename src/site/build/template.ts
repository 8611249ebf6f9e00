import { type RenderedPage } from './render';

/** SAFETY §4.5. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html app-worker',
].join('; ');

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escape = (text: string): string => text.replace(/[&<>"]/g, (one) => ENTITIES[one]);

/**
 * Fills a template. The policy stands first in the head, before anything that it could forbid. The development server
 * needs scripts and styles of its own in the page, so there it is left out.
 */
export function fill(
  template: string,
  { page, title, description, body, island }: RenderedPage,
  { policy }: { policy: boolean },
): string {
  const meta = policy ? `<meta http-equiv="Content-Security-Policy" content="${POLICY}" />` : '';
  const parts: Record<string, string> = {
    policy: meta,
    page,
    title: `<title>${escape(title)}</title><meta name="description" content="${escape(description)}" />`,
    body,
    island: `<script type="application/json" id="island">${island}</script>`,
  };
  return template.replace(/<!--(policy|page|title|body|island)-->/g, (_, name: string) => parts[name]);
}
