import { heightOf } from './height';

/** The tag that other sites write. */
export const TAG = 'tidemark-figure';

/** Attributes that choose what is shown, and the longest text that each may have; a longer one is left out. */
const QUERY: Record<string, number> = { lesson: 200, figure: 200, step: 20, theme: 10 };

/** The share link's text, which goes into the fragment. */
const STATE = 'state';
const STATE_LENGTH = 8192;

/** Until the embedded page says how tall it is. */
const FIRST_HEIGHT = 480;

const STYLE = ':host{display:block}iframe{display:block;width:100%;border:0}';

/**
 * Address of the embedded page for an element's attributes. Values are encoded, never joined as text, so that nothing
 * but our own page at `base` can be named.
 */
export function addressFor(base: URL, attribute: (name: string) => string | null): string {
  const url = new URL(base.href);
  for (const [name, longest] of Object.entries(QUERY)) {
    const value = attribute(name);
    if (value !== null && value.length <= longest) url.searchParams.set(name, value);
  }
  const state = attribute(STATE);
  if (state !== null && state.length <= STATE_LENGTH) url.hash = `s=${encodeURIComponent(state)}`;
  return url.href;
}

/**
 * Defines the element that adds one iframe of the page at `base` and follows its height. Does nothing where the name is
 * taken, so that a page may include the script twice. Nothing else of ours runs in the page around.
 */
export function defineFigure(base: URL): void {
  if (customElements.get(TAG)) return;

  class TidemarkFigure extends HTMLElement {
    static readonly observedAttributes = [...Object.keys(QUERY), STATE, 'title'];

    private readonly root = this.attachShadow({ mode: 'open' });
    private frame: HTMLIFrameElement | undefined;
    private height = FIRST_HEIGHT;
    private waiting = false;

    /** What the author wrote between the tags is seen until the frame is there. */
    constructor() {
      super();
      const style = new CSSStyleSheet();
      style.replaceSync(STYLE);
      this.root.adoptedStyleSheets = [style];
      this.root.append(document.createElement('slot'));
    }

    connectedCallback() {
      window.addEventListener('message', this.onMessage);
      document.addEventListener('securitypolicyviolation', this.onViolation);
      this.renew();
    }

    disconnectedCallback() {
      window.removeEventListener('message', this.onMessage);
      document.removeEventListener('securitypolicyviolation', this.onViolation);
    }

    /** Being there lets `moveBefore` move the element without a reload. */
    connectedMoveCallback() {
      return;
    }

    attributeChangedCallback() {
      this.renew();
    }

    /** Several changes in a row make one frame; a new frame, since a new address would add to the page's history. */
    private renew() {
      if (this.waiting) return;
      this.waiting = true;
      queueMicrotask(() => {
        this.waiting = false;
        if (this.isConnected) this.show();
      });
    }

    private show() {
      const src = addressFor(base, (name) => this.getAttribute(name));
      const title = this.title || 'Tidemark figure';
      if (this.frame?.src === src && this.frame.title === title) return;
      const frame = document.createElement('iframe');
      frame.title = title;
      frame.referrerPolicy = 'no-referrer';
      frame.loading = 'lazy';
      frame.height = String(this.height);
      frame.src = src;
      this.root.replaceChildren(frame);
      this.frame = frame;
    }

    /** The page's own policy keeps the frame out: an empty box would not say so. */
    private readonly onViolation = ({ blockedURI, effectiveDirective }: SecurityPolicyViolationEvent) => {
      if (!this.frame || effectiveDirective !== 'frame-src' || !blockedURI.startsWith(base.origin)) return;
      const link = document.createElement('a');
      link.href = this.frame.src;
      link.textContent = 'Open the figure by itself';
      const text = document.createElement('p');
      text.append(
        `This page may not show the figure: its content security policy lacks frame-src ${base.origin}. `,
        link,
      );
      this.root.replaceChildren(text);
      this.frame = undefined;
    };

    /** Only the frame itself may speak of its height. In a sandboxed page everyone's origin is `null`. */
    private readonly onMessage = ({ source, origin, data }: MessageEvent) => {
      if (!this.frame || source !== this.frame.contentWindow) return;
      if (origin !== base.origin && !(origin === 'null' && self.origin === 'null')) return;
      const height = heightOf(data);
      if (height === null || height === this.height) return;
      this.height = height;
      this.frame.height = String(height);
    };
  }

  customElements.define(TAG, TidemarkFigure);
}
