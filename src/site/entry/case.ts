import CasePage from '../CasePage.svelte';
import { start } from './start';

void start(CasePage);
