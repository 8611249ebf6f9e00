/** Whether the reader asked for less motion. Call in the browser only. */
export const reducedMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
