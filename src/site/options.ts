import { formatDuration } from '../model';
import { type ExactOptions } from '../notebook/run';

const EDGES: Record<ExactOptions['edge'], string> = {
  closed: '[t−W, t]',
  'open-left': '(t−W, t]',
  'open-right': '[t−W, t)',
};

/** What SQL does not say about a run, in words; what is as usual is left out. */
export function optionWords(options: ExactOptions): { name: string; value: string }[] {
  const words: { name: string; value: string }[] = [];
  const say = (name: string, value: string): number => words.push({ name, value });
  if (options.mode === 'stream') {
    if (options.wait !== null) say('wait', formatDuration(options.wait));
    say('allowed lateness', formatDuration(options.lateness));
  }
  if (options.every !== null) say('every', formatDuration(options.every));
  if (options.edge !== 'closed') say('edge', EDGES[options.edge]);
  if (options.lookup !== null)
    say('requests', `${options.lookup}, ${options.answer === 'state' ? 'from state' : 'by reading again'}`);
  if (options.end === 'quiet') say('input', 'stays open');
  return words;
}
