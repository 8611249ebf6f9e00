import { Timers } from '../../../src/engine/state/timers';
import { StateReader, StateWriter } from '../../../src/sim/bytes';
import { CaseFault, numberOf, type Item, type Json, type Kind } from '../../../src/cases/kind';

const DOMAINS = ['event', 'processing'] as const;
type Domain = (typeof DOMAINS)[number];

/** Timers per key and namespace, in event time and in processing time. */
export const timers: Kind = {
  kind: 'timers',
  profiles: ['flink'],
  compares: ['ordered', 'set-per-event'],
  config: {},
  events: [
    'domain key namespace op ts',
    'domain key namespace op ts whenFired',
    'watermark',
    'processingTime',
    'snapshotRestore',
  ],
  expected: ['after', 'key', 'namespace', 'ts', 'domain'],
  start() {
    let services: Record<Domain, Timers> = { event: new Timers(), processing: new Timers() };
    const shown: Record<Domain, number> = { event: -Infinity, processing: -Infinity };
    const keys = new Names();
    const namespaces = new Names();
    const later: Item[] = [];
    const register = ({ domain, key, namespace, ts }: Item): void => {
      services[domainOf(domain)].register(keys.id(key), namespaces.id(namespace), numberOf(ts));
    };
    const advance = (domain: Domain, to: number): Item[] => {
      const fired: Item[] = [];
      // A watermark that falls is ignored (S1.3), and so is a clock that does.
      shown[domain] = Math.max(shown[domain], to);
      services[domain].advance(shown[domain], (key, namespace, ts) => {
        fired.push({ key: keys.at(key), namespace: namespaces.at(namespace), ts, domain });
        for (const one of later) if (one.whenFired === ts) register(one);
      });
      return fired;
    };
    return {
      handle(event) {
        if ('watermark' in event) return advance('event', numberOf(event.watermark));
        if ('processingTime' in event) return advance('processing', numberOf(event.processingTime));
        if ('snapshotRestore' in event)
          services = { event: copyOf(services.event), processing: copyOf(services.processing) };
        else if (event.op === 'register') register(event);
        else if (event.op === 'onFireRegister') later.push(event);
        else if (event.op === 'delete') {
          const { domain, key, namespace, ts } = event;
          services[domainOf(domain)].delete(keys.id(key), namespaces.id(namespace), numberOf(ts));
        } else throw new CaseFault(`no operation ${JSON.stringify(event.op)}`);
        return [];
      },
    };
  },
};

function domainOf(domain: Json): Domain {
  const found = DOMAINS.find((one) => one === domain);
  if (found) return found;
  throw new CaseFault(`no domain ${JSON.stringify(domain)}`);
}

function copyOf(service: Timers): Timers {
  const writer = new StateWriter();
  service.writeFrame(writer);
  const copy = new Timers();
  copy.readFrame(new StateReader(writer.finish()));
  return copy;
}

/** Keys and namespaces by number. */
class Names {
  private readonly ids = new Map<string, number>();
  private readonly values: Json[] = [];

  id(value: Json): number {
    const text = JSON.stringify(value);
    const found = this.ids.get(text);
    if (found !== undefined) return found;
    this.ids.set(text, this.values.length);
    return this.values.push(value) - 1;
  }

  at(id: number): Json {
    return this.values[id];
  }
}
