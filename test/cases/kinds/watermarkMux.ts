import { WatermarkMux } from '../../../src/engine/watermarks/mux';
import { names } from '../../../src/cases/fields';
import { numberOf, textOf, type Json, type Kind } from '../../../src/cases/kind';

/** The watermark and the status of one source with several partitions, after each event. */
export const watermarkMux: Kind = {
  kind: 'watermark-mux',
  profiles: ['flink'],
  compares: ['ordered'],
  config: { outputs: names },
  events: ['output watermark', 'output status', 'output remove'],
  expected: ['after', 'watermark', 'status'],
  facts: ['watermark', 'status'],
  start({ config }) {
    const mux = new WatermarkMux();
    const places = new Map<string, number>();
    const placeOf = (name: Json): number => {
      const place = places.get(textOf(name)) ?? mux.add();
      places.set(textOf(name), place);
      return place;
    };
    config.list('outputs').forEach(placeOf);
    return {
      handle(event) {
        const output = placeOf(event.output);
        if ('watermark' in event) mux.set(output, numberOf(event.watermark));
        else if ('status' in event) mux.mark(output, event.status === 'idle');
        else {
          mux.remove(output);
          // A name that comes again is a new output.
          places.delete(textOf(event.output));
        }
        return [];
      },
      facts: () => ({ watermark: mux.current, status: mux.idle ? 'idle' : 'active' }),
    };
  },
};
