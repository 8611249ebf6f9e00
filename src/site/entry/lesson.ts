import LessonPage from '../LessonPage.svelte';
import { start } from './start';

start(LessonPage);
