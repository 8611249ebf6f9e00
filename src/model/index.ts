export * from './batch';
export * from './change';
export * from './column';
export * from './error';
export * from './schema';
export * from './snapshot';
export * from './step';
export * from './time';
