import EmbedPage from '../EmbedPage.svelte';
import { start } from './start';

void start(EmbedPage);
