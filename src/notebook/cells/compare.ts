import { FACETS } from '../../engine/snapshot/difference';
import { type CompareCell, type Setting, type SqlCell } from '../document';
import { FIGURE_NAMES } from '../figures';
import { type Item } from '../item';
import { type Known } from '../known';
import { readSetting } from '../queries';
import { type CellKind } from './cell';
import { readOptions, readShow } from './figure';

/** More runs than this do not stand side by side. */
const MOST_SIDES = 4;

/**
 * Runs over the same events side by side, on one clock: what each has said of every window and key, where they do not
 * say the same, and which rule makes the difference.
 *
 * Either two to four sql cells of one scenario, each as it is:
 *
 *     ```compare id=both reads=hourly,nightly title="Stream and batch"
 *     window-lanes: {card: 4417}
 *     ```
 *
 * or one sql cell with two to four variants, name → what is set on it (as in `set:`; options, knobs, or `sql`; a name
 * with nothing behind it is the cell as it is). The first is the one that the others are held against:
 *
 *     ```compare id=four reads=spend title="Four engines, four answers"
 *     runs:
 *       Flink: {profile: flink}
 *       Beam: {profile: beam}
 *       Kafka Streams: {profile: kafka, wait: none}
 *       Spark: {profile: spark, lateness: 0 s}
 *     event-time-plane: {card: 4417}
 *     by: [value, bounds]
 *     show: {moment: late, n: 1}
 *     ```
 *
 * Every other key may be left out. The picture: one of `event-time-plane`, `window-lanes`, `log-tape`, `state-table`,
 * `result-table` with options as in a figure cell, once for each run; none: only the table of answers. `by`: what is
 * compared, any of `value` (what stands in the end; the default), `panes` (how often and what was said before),
 * `time` (times of results) and `bounds` (of sessions). `show`: the moment of the first run at which the page opens,
 * `end` (default), `{step: 12}` or `{moment: late, n: 1}`; the others stand at the same processing time.
 *
 * Each run must have one windowed aggregation. A profile refuses options that its system does not have (`wait` under
 * kafka, `lateness` under spark): set them to `none` or `0 s` in that variant.
 *
 * Numbers of it in prose and in checks: `{differences: four}`, how many windows of keys differ in the end between the
 * first run and any other; `{differences: four, with: Beam}`: between the first and that one.
 */
export const compare: CellKind<CompareCell> = {
  head: ['reads', 'title'],
  body: 'yaml',
  read({ head, body, known }) {
    const reads = head.need('reads');
    const cells = readCells(reads, known);
    const fields = body.fields(['runs', 'by', 'show', ...FIGURE_NAMES]);
    const pictures = FIGURE_NAMES.filter((name) => fields.has(name));
    if (pictures.length > 1)
      throw body.error('two pictures in one comparison', {
        expected: `one of ${FIGURE_NAMES.join(', ')}, or none`,
        found: pictures.join(' and '),
      });
    const [figure = null] = pictures;
    const by = fields.get('by');
    return {
      sides: readSides(cells, reads, fields.get('runs'), known),
      by: by ? readFacets(by) : ['value'],
      figure,
      options: figure
        ? readOptions(figure, fields.need(figure), cells[0], known)
        : { where: {}, color: null, value: null },
      show: readShow(fields.get('show')),
    };
  },
};

/** `a,b`: sql cells of one scenario, each once. */
function readCells(item: Item, known: Known): SqlCell[] {
  const ids = item.string().split(',');
  const cells = ids.map((one) => known.cell(item.as(one.trim()), 'sql'));
  const other = cells.find((cell) => cell.reads !== cells[0].reads);
  if (other)
    throw item.error('runs of different events', {
      expected: `sql cells that read ${cells[0].reads}`,
      found: `${other.id} reads ${other.reads}`,
      hint: 'Only runs over the same events can be compared.',
    });
  const twin = cells.find((cell, i) => cells.indexOf(cell) < i);
  if (twin)
    throw item.error(`${twin.id} is compared with itself`, {
      expected: 'each cell once',
      hint: 'Name one cell, and say under runs: what is set in each variant.',
    });
  return cells;
}

function readSides(cells: SqlCell[], reads: Item, runs: Item | null, known: Known): CompareCell['sides'] {
  if (cells.length > 1) {
    if (runs)
      throw runs.error('variants of several cells', {
        expected: 'reads= one cell beside runs:',
        found: reads.shown,
        hint: 'Take out all but one cell, or runs:.',
      });
    return counted(
      cells.map((cell) => ({ name: cell.title || cell.id, of: cell.id, set: {} })),
      reads,
    );
  }
  if (!runs)
    throw reads.error('nothing to compare with', {
      expected: 'reads=a,b or runs: {name: {option: value}, …}',
      found: reads.shown,
      hint: 'Name a second sql cell, or variants of this one under runs:.',
    });
  const [cell] = cells;
  const sides = runs.entries().map(([name, item]) => {
    const set: Setting = item.scalar === null ? {} : readSetting(item, cell, known);
    return { name, of: cell.id, set };
  });
  return counted(sides, runs);
}

function counted(sides: CompareCell['sides'], item: Item): CompareCell['sides'] {
  if (sides.length >= 2 && sides.length <= MOST_SIDES) return sides;
  throw item.error(sides.length < 2 ? 'nothing to compare with' : 'too many runs side by side', {
    expected: `from 2 to ${MOST_SIDES} runs`,
    found: String(sides.length),
  });
}

function readFacets(item: Item): CompareCell['by'] {
  const facets = item.list().map((one) => one.oneOf(FACETS));
  if (facets.length > 0 && new Set(facets).size === facets.length) return facets;
  throw item.error('by is not what to compare by', {
    expected: `some of ${FACETS.join(', ')}, each once`,
    found: facets.join(', ') || 'nothing',
  });
}
