export * from './en/legend';
export * from './en/marks';
export * from './en/pictures';
export * from './en/textTracks';
