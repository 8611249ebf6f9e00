import { hydrate, tick } from 'svelte';
import '../../src/site/theme.css';
import { scenes } from './scenes';

/** Runs in the page of `figures.ssr.test.ts`: takes over what the server wrote and says what changed by that. */
const bare = (element: Element): string => element.innerHTML.replace(/<!--.*?-->/gs, '').replace(/\s+/g, ' ');

async function run(): Promise<void> {
  const changed: string[] = [];
  for (const [id, { component, props }] of Object.entries(scenes)) {
    const target = document.getElementById(id)!;
    const before = bare(target);
    const first = target.firstElementChild;
    hydrate(component, { target, props });
    await tick();
    if (target.firstElementChild !== first) changed.push(`${id}: drawn anew`);
    if (bare(target) !== before) changed.push(`${id}: ${before}\n→\n${bare(target)}`);
  }
  (window as unknown as { changed: string[] }).changed = changed;
}

void run();
