import CasePage from '../CasePage.svelte';
import { start } from './start';

start(CasePage);
