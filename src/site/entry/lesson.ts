import { cellsOf } from '../../notebook/settle';
import { loadCells } from '../cells';
import LessonPage from '../LessonPage.svelte';
import { start } from './start';

void start<'lesson'>(LessonPage, ({ lesson }) => loadCells(cellsOf(lesson)));
