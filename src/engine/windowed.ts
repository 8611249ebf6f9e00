import { field, TIMESTAMP, type Schema } from '../model';

/** The columns of a window table function: those of its input, then the window's (S2.7). */
export const windowed = (schema: Schema): Schema => [
  ...schema,
  field('window_start', TIMESTAMP, true),
  field('window_end', TIMESTAMP, true),
  field('window_time', TIMESTAMP, true),
];
