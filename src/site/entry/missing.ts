import MissingPage from '../MissingPage.svelte';
import { start } from './start';

start(MissingPage);
