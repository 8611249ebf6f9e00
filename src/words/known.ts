export * from './en/known';
