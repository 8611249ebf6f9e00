import SemanticsPage from '../SemanticsPage.svelte';
import { start } from './start';

void start(SemanticsPage);
