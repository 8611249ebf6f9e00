import { type StreamFamily } from '../kind';
import { windowAggregate } from './windowed';

export const stream = { 'window aggregate': windowAggregate } satisfies StreamFamily;
