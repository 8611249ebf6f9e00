/** The pictures. A chunk of their own: the page is there, with pictures as the build drew them, before it is. */
export { FIGURES } from '../figures';
export { namedParts } from '../figures/figure';
