import { getContext, setContext } from 'svelte';
import { type Notebook } from './notebook.svelte';

const KEY = Symbol('notebook');

/** The notebook that a page is about, for every cell in it. */
export const provideNotebook = (notebook: Notebook): Notebook => setContext(KEY, notebook);
export const useNotebook = (): Notebook => getContext<Notebook>(KEY);
