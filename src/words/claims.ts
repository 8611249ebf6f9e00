export * from './en/claims';
