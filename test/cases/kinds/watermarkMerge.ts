import { WatermarkValve } from '../../../src/engine/watermarks/valve';
import { number } from '../../../src/cases/fields';
import { CaseFault, numberOf, type Item, type Kind } from '../../../src/cases/kind';

/** Watermarks and statuses that leave an operator with several inputs. */
export const watermarkMerge: Kind = {
  kind: 'watermark-merge',
  profiles: ['flink'],
  compares: ['ordered'],
  config: { channels: number },
  events: ['channel watermark', 'channel status'],
  expected: ['after', 'watermark', 'status'],
  start({ config }) {
    const channels = config.number('channels');
    const valve = new WatermarkValve(channels);
    return {
      handle(event) {
        const channel = numberOf(event.channel);
        if (!(channel >= 0 && channel < channels)) throw new CaseFault(`there is no channel ${channel}`);
        const { idle } = valve;
        const grew =
          'watermark' in event
            ? valve.watermark(channel, numberOf(event.watermark))
            : valve.status(channel, event.status === 'idle');
        const out: Item[] = grew ? [{ watermark: valve.current }] : [];
        if (valve.idle !== idle) out.push({ status: valve.idle ? 'idle' : 'active' });
        return out;
      },
    };
  },
};
