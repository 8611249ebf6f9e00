import createReader from 'markdown-it';
import { didYouMean } from '../sql/suggest';
import { CONTAINERS, TERMS, type Prose } from './document';
import { readYaml } from './item';
import { type Known } from './known';
import { readQuery } from './queries';
import { type Source, type Span } from './source';

type MarkdownReader = ReturnType<typeof createReader>;
export type Token = ReturnType<MarkdownReader['parse']>[number];

/** Markdown without raw HTML, with `[[ … ]]` and `:late[…]`. */
export function markdown(): MarkdownReader {
  const reader = createReader({ html: false, linkify: false, typographer: false });
  reader.inline.ruler.before('link', 'value', (state, silent) => {
    if (!state.src.startsWith('[[', state.pos)) return false;
    const end = state.src.indexOf(']]', state.pos);
    if (end < 0 || end >= state.posMax) return false;
    if (!silent) state.push('value', '', 0).content = state.src.slice(state.pos + 2, end);
    state.pos = end + 2;
    return true;
  });
  reader.inline.ruler.before('link', 'term', (state, silent) => {
    const name = /^:([a-z]+)\[/.exec(state.src.slice(state.pos, state.pos + 24))?.[1];
    if (!name) return false;
    const open = state.pos + name.length + 1;
    const end = state.md.helpers.parseLinkLabel(state, open);
    if (end < 0) return false;
    if (!silent) {
      const { posMax } = state;
      const token = state.push('term_open', '', 1);
      token.info = name;
      state.pos = open + 1;
      state.posMax = end;
      state.md.inline.tokenize(state);
      state.posMax = posMax;
      state.push('term_close', '', -1);
    }
    state.pos = end + 1;
    return true;
  });
  return reader;
}

/** The nodes of tokens that hold no others; one without content is left out. */
const LEAVES: Record<string, (token: Token) => Prose | null> = {
  text: ({ content }) => (content ? { tag: 'text', text: content } : null),
  text_special: ({ content }) => ({ tag: 'text', text: content }),
  softbreak: () => ({ tag: 'text', text: ' ' }),
  hardbreak: () => ({ tag: 'br' }),
  hr: () => ({ tag: 'hr' }),
  code_inline: ({ content }) => ({ tag: 'code', text: content }),
  code_block: ({ content }) => ({ tag: 'pre', text: content, language: '' }),
  fence: ({ content, info }) => ({ tag: 'pre', text: content, language: info.trim() }),
};

/** Turns tokens into the closed tree of prose. A token that is not in it is an error with its line. */
export class ProseReader {
  constructor(
    private readonly source: Source,
    private readonly known: Known,
    /** Lines of the document above the first one that markdown-it saw. */
    private readonly shift: number,
  ) {}

  /** Search for inline values goes on from here, so that equal ones are told apart. */
  private cursor = 0;
  private line = 1;

  read(tokens: readonly Token[]): Prose[] {
    const root: Prose[] = [];
    const open: Prose[][] = [root];
    for (const token of tokens) {
      if (token.map) this.at(token.map[0] + 1 + this.shift);
      if (token.type.endsWith('_close')) {
        if (!token.hidden) open.pop();
        continue;
      }
      if (token.hidden) continue;
      const children = open.at(-1)!;
      if (token.type === 'inline') children.push(...this.read(token.children ?? []));
      else if (token.type.endsWith('_open')) open.push(this.container(token, children));
      else {
        const leaf = this.leaf(token);
        if (leaf) children.push(leaf);
      }
    }
    return root;
  }

  private at(line: number): void {
    this.line = line;
    this.cursor = Math.max(this.cursor, this.source.offset(line));
  }

  private get span(): Span {
    const from = this.source.offset(this.line);
    return { from, to: from + this.source.line(this.line).length };
  }

  /** Adds the node of an opening token and returns its list of children. */
  private container(token: Token, into: Prose[]): Prose[] {
    const children: Prose[] = [];
    const type = token.type.replace(/_open$/, '');
    if (Object.hasOwn(CONTAINERS, type)) {
      if (type === 'ordered_list' && token.attrGet('start') !== null)
        throw this.error('a numbered list begins at 1', '1.', `${token.attrGet('start')}.`);
      into.push({ tag: CONTAINERS[type as keyof typeof CONTAINERS], children });
    } else if (type === 'heading') {
      if (token.tag !== 'h2' && token.tag !== 'h3')
        throw this.error('no such heading', '## or ###', token.markup, 'The title of a lesson is in its front matter.');
      into.push({ tag: token.tag, children });
    } else if (type === 'link') {
      into.push({ tag: 'a', href: this.href(token), children });
    } else if (type === 'term') {
      const term = TERMS.find((one) => one === token.info);
      if (!term)
        throw this.error(
          `no term ${token.info}`,
          TERMS.map((one) => `:${one}[…]`).join(', '),
          `:${token.info}[…]`,
          didYouMean(token.info, TERMS, 'terms'),
        );
      into.push({ tag: 'term', term, children });
    } else {
      throw this.unknown(type, token.markup);
    }
    return children;
  }

  private leaf(token: Token): Prose | null {
    if (token.type === 'value') return this.value(token.content);
    if (Object.hasOwn(LEAVES, token.type)) return LEAVES[token.type](token);
    if (token.type === 'image')
      throw this.error(
        'prose has no pictures',
        'a figure cell',
        token.content || 'an image',
        'Draw it with a figure cell.',
      );
    throw this.unknown(token.type, token.content);
  }

  private unknown(type: string, written: string) {
    return this.error(`prose has no ${type}`, 'paragraphs, lists, tables, quotes, links and code', written || type);
  }

  private href(token: Token): string {
    const href = String(token.attrGet('href') ?? '');
    const relative = !/^[a-z][a-z0-9+.-]*:/i.test(href) && !href.startsWith('//');
    if (!/^https?:\/\//i.test(href) && !relative)
      throw this.error('a link leads nowhere safe', 'http, https, or an address on this site', href);
    return href;
  }

  /** `[[final: spend, where: {card: 4417}]]`. */
  private value(body: string): Prose {
    const found = this.source.text.indexOf(`[[${body}]]`, this.cursor);
    // Inside a quote or a list a line break hides markers; then the whole line is the place.
    if (found < 0) throw this.error('a value is broken over lines', '[[ … ]] on one line', body.slice(0, 40));
    this.cursor = found + body.length + 4;
    const item = readYaml(this.source, { from: found + 2, to: found + 2 + body.length }, 'the value', { braces: true });
    const { query, unit } = readQuery(item, this.known);
    return { tag: 'value', query, unit, text: '' };
  }

  private error(what: string, expected: string, found: string, hint?: string) {
    return this.source.error(this.span, { what, expected, found, hint });
  }
}
