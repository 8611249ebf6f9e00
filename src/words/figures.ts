export * from './en/figures';
