export * from './en/policies';
