import { IdlenessTimer } from '../../../src/engine/watermarks/idleness';
import { number } from '../../../src/cases/fields';
import { numberOf, type Kind } from '../../../src/cases/kind';

/** Whether an input is idle, at each check. */
export const idlenessTimer: Kind = {
  kind: 'idleness-timer',
  profiles: ['flink'],
  compares: ['object', 'ordered'],
  config: { idleTimeout: number },
  events: ['check now', 'activity now'],
  expected: ['after', 'idle'],
  start({ config }) {
    const timer = new IdlenessTimer(config.number('idleTimeout'));
    return {
      handle(event) {
        if ('check' in event) return [{ idle: timer.check(numberOf(event.now)) }];
        timer.activity();
        return [];
      },
    };
  },
};
