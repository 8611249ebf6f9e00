/**
 * Sentences for readers. The engine gives facts, and the page, the figures and the command line put them into words
 * here. A language is one folder with the same exports; this file chooses the language of a build.
 */
export * from './en';
