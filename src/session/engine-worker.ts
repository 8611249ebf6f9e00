import { createSession } from './session';
import { serve } from './worker';

/** What the worker thread runs first: one session for all cells of a page. */
serve(globalThis as unknown as Parameters<typeof serve>[0], createSession());
