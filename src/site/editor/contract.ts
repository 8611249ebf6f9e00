import { type Completion, type Diagnosis } from '../../session/protocol';

/** What the page knows of the editor. The editor itself is a chunk that is fetched when the reader edits. */
export interface SqlEditor {
  /** Shows a text that changed elsewhere; does nothing where it is the same. */
  show(text: string): void;
  focus(): void;
  destroy(): void;
}

export interface EditorOptions {
  text: string;
  /** Accessible name. */
  label: string;
  onchange: (text: string) => void;
  /** Ctrl or Command with Enter. */
  onrun: () => void;
  diagnose: (sql: string) => Promise<Diagnosis>;
  complete: (sql: string, offset: number) => Promise<Completion[]>;
}

export type MountEditor = (host: HTMLElement, options: EditorOptions) => SqlEditor;
