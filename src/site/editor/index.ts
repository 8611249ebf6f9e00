import {
  autocompletion,
  completionKeymap,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { linter, lintGutter, type Diagnostic } from '@codemirror/lint';
import { EditorState, RangeSetBuilder } from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  EditorView,
  keymap,
  ViewPlugin,
  type DecorationSet,
  type ViewUpdate,
} from '@codemirror/view';
import { describeError } from '../../model';
import { highlight } from '../highlight';
import { type EditorOptions, type MountEditor } from './contract';
import styles from './editor.css?inline';

/**
 * Mounts the SQL editor, in a shadow root: there its styles are adopted sheets, which the page's policy allows. Errors and completions come from the worker, so they say what the engine would say.
 */
export const mountEditor: MountEditor = (host, options) => {
  /** Changes that come from the page are not told back to it. */
  let quiet = false;
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        history(),
        drawSelection(),
        bracketMatching(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': options.label }),
        coloured,
        autocompletion({ override: [(context) => complete(context, options)] }),
        linter((editor) => lint(editor.state.doc.toString(), options), { delay: 250 }),
        lintGutter(),
        keymap.of([
          { key: 'Mod-Enter', run: () => (options.onrun(), true) },
          ...completionKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          indentWithTab,
        ]),
        replacing,
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !quiet) options.onchange(update.state.doc.toString());
        }),
      ],
    }),
  });
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  return {
    show(text) {
      const before = view.state.doc.toString();
      if (text === before) return;
      quiet = true;
      view.dispatch({ changes: { from: 0, to: before.length, insert: text } });
      quiet = false;
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
};

/**
 * Text typed over a selection is put in here. Left to itself, the browser would carry the look of what goes over to what
 * comes as a style attribute, which the page's policy forbids and reports.
 */
const replacing = EditorView.domEventHandlers({
  beforeinput(event, view) {
    if (event.inputType !== 'insertText' || !event.data || view.composing || view.state.selection.main.empty)
      return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true });
    return true;
  },
});

/** The same colours as on the page, from the same few lines. */
const coloured = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = colour(view.state.doc.toString());
    }
    update(update: ViewUpdate): void {
      if (update.docChanged) this.decorations = colour(update.state.doc.toString());
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function colour(text: string): DecorationSet {
  const marks = new RangeSetBuilder<Decoration>();
  let at = 0;
  for (const line of highlight(text)) {
    for (const piece of line) {
      if (piece.kind !== 'word') marks.add(at, at + piece.text.length, Decoration.mark({ class: `sql-${piece.kind}` }));
      at += piece.text.length;
    }
    at += 1;
  }
  return marks.finish();
}

async function lint(text: string, options: EditorOptions): Promise<Diagnostic[]> {
  const { errors } = await options.diagnose(text);
  return errors.map((facts) => {
    const from = Math.min(facts.place?.from ?? 0, text.length);
    const to = Math.min(Math.max(facts.place?.to ?? text.length, from), text.length);
    return { from, to, severity: 'error', message: describeError({ ...facts, where: undefined }) };
  });
}

async function complete(context: CompletionContext, options: EditorOptions): Promise<CompletionResult | null> {
  const word = context.matchBefore(/[\w$]*/);
  if (!context.explicit && (!word || word.from === word.to)) return null;
  const found = await options.complete(context.state.doc.toString(), context.pos);
  const types = {
    keyword: 'keyword',
    table: 'class',
    column: 'property',
    function: 'function',
    snippet: 'text',
  } as const;
  return {
    from: word?.from ?? context.pos,
    options: found.map(({ label, kind, detail }) => ({ label, detail, type: types[kind] })),
    validFor: /^[\w$]*$/,
  };
}
