import SemanticsPage from '../SemanticsPage.svelte';
import { start } from './start';

start(SemanticsPage);
