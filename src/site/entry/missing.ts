import MissingPage from '../MissingPage.svelte';
import { start } from './start';

void start(MissingPage);
