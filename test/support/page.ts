/** What a page asks its engine for, and what it does itself with a text. */
export { parseLesson } from '../../src/notebook/parse';
export { createSession } from '../../src/session/session';
