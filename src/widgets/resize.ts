import { type HeightMessage } from './height';

/**
 * The iframe's side of automatic height: tells the page around how tall the document is, now and whenever that changes.
 * The box of the root element is measured, since `scrollHeight` is never less than the iframe and so could not shrink.
 * A height is no secret, and we do not know who embeds us: hence the target `*`. Returns what stops it.
 */
export function tellHeight(): () => void {
  if (window.parent === window) return () => undefined;
  let told = 0;
  const tell = () => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    const message: HeightMessage = { tidemark: 'height', height };
    window.parent.postMessage(message, '*');
  };
  const observer = new ResizeObserver(tell);
  observer.observe(document.documentElement);
  tell();
  return () => {
    observer.disconnect();
  };
}
