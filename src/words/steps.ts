/**
 * Sentences for readers. The engine gives facts; the page, the figures and the command line put them into words here.
 * A language is a folder with the same files, and the files beside it choose the language of a build. There is one file
 * per topic, because a page loads each with the code that first needs it.
 */
export * from './en/steps';
