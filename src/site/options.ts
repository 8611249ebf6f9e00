import { formatDuration } from '../model';
import { ALL_OPTIONS, type NamedOption } from '../notebook/options';
import { type ExactOptions } from '../notebook/runOptions';
import { formatEvictor, formatTrigger, watermarkWords } from '../notebook/trigger';

/** The value of an option in words. */
function valueWords({ field, written }: NamedOption, options: ExactOptions): string {
  const value = options[field];
  if (value === options.watermark && options.watermark) return watermarkWords(options.watermark);
  if (value === options.trigger && options.trigger) return formatTrigger(options.trigger);
  if (value === options.evictor && options.evictor) return formatEvictor(options.evictor);
  if (written.as === 'amount') return formatDuration(Number(value));
  if (written.as === 'switch') return written.words[written.choices[value ? 1 : 0]];
  const name = typeof value === 'string' ? value : 'none';
  return written.as === 'choice' ? written.words[name] : name;
}

/** What SQL does not say about a run, in words; what is as usual is left out. */
export const optionWords = (options: ExactOptions): { name: string; value: string }[] =>
  ALL_OPTIONS.filter(({ name, field, usual, only }) => {
    // The lateness is always shown, and beside requests how they are answered.
    if (name === 'run' || name === 'answer' || (only !== 'either' && only !== options.mode)) return false;
    return name === 'lateness' || options[field] !== usual;
  }).map((option) => {
    const value = valueWords(option, options);
    const name = option.short ?? option.label.toLowerCase();
    return { name, value: option.name === 'lookup' ? `${value}, ${answerWords(options)}` : value };
  });

const answerWords = ({ answer }: ExactOptions): string => (answer === 'state' ? 'from state' : 'by reading again');

/** Names and their values in one line. */
export const inOneLine = (words: readonly { name: string; value: string }[]): string =>
  words.map(({ name, value }) => `${name}: ${value}`).join(', ');
