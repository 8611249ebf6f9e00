import { CLAIMS } from '../engine/search/claims';
import { BIGINT, MISCONCEPTION_OF, parseDuration, parseTime, TIMESTAMP, type ClaimName, type Value } from '../model';
import { type ClaimBody } from './document';
import { STORY_DAY } from './item';
import { usually } from './options';
import { type RunSpec } from './run';
import { applySetting } from './settle';

/** More events than this are no small log any more. */
export const MOST_EVENTS = 6;

/** A claim of the table, with the run that it is about: clicks of one user, none planted yet. */
export function claimOf(name: ClaimName): ClaimBody & { spec: RunSpec; misconception: string } {
  const { sql, options, against, free, partitions, times, delays, holds } = CLAIMS[name];
  const spec: RunSpec = {
    scenario: {
      data: { preset: 'none', seed: 1, mode: 'realistic' },
      streams: {
        clicks: {
          table: null,
          declared: { user: BIGINT, ts: TIMESTAMP },
          columns: [],
          time: 'ts',
          key: 'user',
          partitions,
          from: null,
          until: null,
          only: {},
          fraud: true,
          limit: 0,
          delay: { model: 'none' },
          rate: 0,
          burst: null,
          duplicates: 0,
          dropped: 0,
          planted: [],
          watermarks: {},
        },
      },
    },
    sql,
    options: usually(),
    forks: [],
  };
  return {
    misconception: MISCONCEPTION_OF[name],
    name,
    text: null,
    holds,
    finding: null,
    spec: applySetting(spec, options),
    against,
    free: Object.fromEntries(Object.entries(free).map(([option, values]) => [option, [...(values as string[])]])),
    grid: {
      times: times.map((clock) => parseTime(clock, STORY_DAY)),
      delays: delays.map((span) => parseDuration(span)),
      values: { clicks: { user: [1] as Value[] } },
    },
    most: MOST_EVENTS,
    seed: 1,
  };
}
