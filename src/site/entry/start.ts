import { hydrate, type Component } from 'svelte';
import { decodeIsland } from '../island';
import { type PageData } from '../pages';
import '../theme.css';
import '../site.css';

/**
 * Takes over the page that the build wrote, from the data that it wrote beside it. `ready`: what has to be there first;
 * until then the page stands as it was written.
 */
export async function start<K extends PageData['page']>(
  Page: Component<{ data: Extract<PageData, { page: K }> }>,
  ready?: (data: Extract<PageData, { page: K }>) => Promise<void>,
): Promise<void> {
  const { dataset } = document.documentElement;
  const theme = new URLSearchParams(location.search).get('theme');
  if (dataset.page === 'embed' && (theme === 'light' || theme === 'dark')) dataset.theme = theme;
  const target = document.getElementById('app');
  const island = document.getElementById('island');
  if (!target || !island) throw new Error('this page is not one that the build wrote');
  const data = decodeIsland<Extract<PageData, { page: K }>>(island.textContent ?? '');
  if (ready) await ready(data);
  hydrate(Page, { target, props: { data } });
}
