import { Ttl } from '../../../src/engine/state/ttl';
import { either, number, words } from '../../../src/cases/fields';
import { CaseFault, numberOf, type Case, type Driver, type Json, type Kind } from '../../../src/cases/kind';

/** One keyed value with a time to live. `stored`: what is stored after the event, visible or not. */
export const stateTtl: Kind = {
  kind: 'state-ttl',
  profiles: ['flink', 'any'],
  compares: ['ordered', 'set-per-event', 'set', 'multiset'],
  // "MAX" is a number by the time that it is looked at.
  config: {
    ttl: either(number, words('MAX')),
    update: words('on-create-and-write', 'on-read-and-write'),
    visibility: words('never-return-expired', 'return-expired-if-not-cleaned-up'),
  },
  events: ['now op value', 'now op'],
  expected: ['after', 'value', 'stored'],
  facts: ['stored'],
  start,
};

const SLOT = 0;

function start({ config }: Case): Driver {
  const ttl = new Ttl(config.number('ttl'));
  const refreshOnRead = config.word('update', 'on-create-and-write') === 'on-read-and-write';
  const returnExpired = config.word('visibility', 'never-return-expired') === 'return-expired-if-not-cleaned-up';
  let held: Json = null;
  /** Who finds the value expired cleans it up, and may see it once more. */
  const read = (now: number): Json => {
    if (!ttl.has(SLOT)) return null;
    const isExpired = ttl.isExpired(SLOT, now);
    if (isExpired) ttl.forget(SLOT);
    else if (refreshOnRead) ttl.write(SLOT, now);
    return isExpired && !returnExpired ? null : held;
  };
  return {
    handle({ now, op, value = null }) {
      switch (op) {
        case 'write':
        case 'update':
        case 'put':
          held = value;
          ttl.write(SLOT, numberOf(now));
          return [];
        case 'read':
        case 'get':
          return [{ value: read(numberOf(now)) }];
        case 'clear':
        case 'remove':
        case 'delete':
          ttl.forget(SLOT);
          return [];
        case 'clean':
        case 'cleanup':
          ttl.expire(numberOf(now), () => {});
          return [];
        default:
          throw new CaseFault(`${JSON.stringify(op) ?? 'nothing'} is not an operation of a state`);
      }
    },
    facts: () => ({ stored: ttl.has(SLOT) ? held : null }),
  };
}
