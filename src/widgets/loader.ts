import { defineFigure } from './element';

/** The classic script `embed.js`. Where it came from is known only while it runs; `embed.html` lies beside it. */
const script = document.currentScript;

if (script instanceof HTMLScriptElement && script.src) defineFigure(new URL('embed.html', script.src));
