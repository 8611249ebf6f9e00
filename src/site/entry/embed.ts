import EmbedPage from '../EmbedPage.svelte';
import { start } from './start';

start(EmbedPage);
