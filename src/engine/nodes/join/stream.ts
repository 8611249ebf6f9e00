import { TidemarkError } from '../../../model';
import { POLICIES } from '../../profiles';
import { takesBack, type StreamFamily } from '../kind';
import { IntervalJoinOperator } from './intervalJoin';
import { RegularJoinOperator } from './regularJoin';
import { LookupJoinOperator, StreamTableJoinOperator, TemporalJoinOperator } from './temporalJoin';
import { WindowJoinOperator } from './windowJoin';

export const stream = {
  join: (node, { ttl }, context) => new RegularJoinOperator(node, { left: ttl, right: ttl }, context),
  'interval join': (node, options, context) => new IntervalJoinOperator(node, options, context),
  'window join': (node, _, context) => new WindowJoinOperator(node, context),
  'temporal join': (node, { profile, lateness }, context, { reads }) => {
    const changing = takesBack(reads[0]);
    if (node.time === 'processing') return new LookupJoinOperator(node, changing, context);
    return POLICIES[profile].versions.is === 'stream time'
      ? new StreamTableJoinOperator(node, changing, lateness, context)
      : new TemporalJoinOperator(node, changing, context);
  },
  'asof join': () => {
    throw new TidemarkError({
      what: 'an ASOF JOIN would need everything that is still to come on a stream',
      expected: 'JOIN … FOR SYSTEM_TIME AS OF the time of the left row',
      hint: 'Join the version that is valid at the time of each row, or run the cell as a batch.',
    });
  },
} satisfies StreamFamily;
