import { cellsOf } from '../../notebook/settle';
import { loadCells } from '../cells';
import HomePage from '../HomePage.svelte';
import { start } from './start';

void start<'home'>(HomePage, ({ opening }) => loadCells(opening ? cellsOf(opening.lesson) : []));
