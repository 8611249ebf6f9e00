/** What a session needs to answer why and why not; loaded with the first question. */
export { why } from '../engine/why/why';
export { whyNot } from '../engine/why/whyNot';
