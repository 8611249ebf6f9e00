import HomePage from '../HomePage.svelte';
import { start } from './start';

start(HomePage);
