import DataPage from '../DataPage.svelte';
import { start } from './start';

start(DataPage);
