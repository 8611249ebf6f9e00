export * from './en/whyNot';
