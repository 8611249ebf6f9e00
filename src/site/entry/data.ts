import DataPage from '../DataPage.svelte';
import { start } from './start';

void start(DataPage);
