export * from './en/phrases';
