import { type StreamFamily } from '../kind';
import { filter } from './filter';
import { project } from './project';
import { union } from './union';

export const stream = {
  filter,
  project,
  'union all': union,
} satisfies StreamFamily;
