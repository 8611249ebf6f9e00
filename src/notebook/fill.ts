import { TidemarkError } from '../model';
import { type Ask } from './check';
import { type Lesson, type Prose, type Query } from './document';
import { formatUnit } from './units';

/**
 * The lesson with the text of every `[[ … ]]` filled in by its run. A value that is not there is an error: a lesson
 * does not say «nothing» where it means a number. An empty pane is there, and holds nothing (S4.11).
 */
export async function fillValues(lesson: Lesson, ask: Ask): Promise<Lesson> {
  const blocks: Lesson['blocks'] = [];
  for (const block of lesson.blocks)
    blocks.push(block.block === 'prose' ? { ...block, nodes: await fill(block.nodes, ask, lesson.slug) } : block);
  return { ...lesson, blocks };
}

async function fill(nodes: readonly Prose[], ask: Ask, where: string): Promise<Prose[]> {
  const filled: Prose[] = [];
  for (const node of nodes) {
    if (node.tag === 'value') {
      const value = await ask(node.query);
      if (value === null && !(await isEmptyPane(node.query, ask))) {
        throw new TidemarkError({
          what: 'a value in prose has no answer',
          where,
          found: JSON.stringify(node.query),
          hint: 'Look whether the run has such a row.',
        });
      }
      filled.push({ ...node, text: value === null ? 'nothing' : formatUnit(value, node.unit) });
    } else filled.push('children' in node ? { ...node, children: await fill(node.children, ask, where) } : node);
  }
  return filled;
}

/** Whether the pane was emitted, and was empty. */
async function isEmptyPane(query: Query, ask: Ask): Promise<boolean> {
  if (query.ask !== 'pane') return false;
  const { of, where, set, n } = query;
  return Number(await ask({ ask: 'panes', of, where, set })) > n;
}
