export * from './en/because';
