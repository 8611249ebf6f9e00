import { checkForks, MOST_FORKS } from '../../notebook/forks';
import { type Fork } from '../../notebook/run';
import { either, exactly, finite, list, name, plain, record, shape, whole } from './check';

const setAction = shape<Extract<Fork['action'], { do: 'set' }>>(
  { do: exactly('set'), wait: finite, lateness: finite },
  ['wait', 'lateness'],
);

const injectAction = shape<Extract<Fork['action'], { do: 'inject' }>>(
  {
    do: exactly('inject'),
    stream: name,
    eventTime: finite,
    values: record(plain),
    partition: whole(),
    arrives: finite,
  },
  ['partition', 'arrives'],
);

const waitAction = shape<Extract<Fork['action'], { do: 'wait' }>>({
  do: exactly('wait'),
  from: finite,
  until: finite,
});

const forkList = list(
  shape<Fork>({
    at: whole(),
    action: either<Fork['action']>('an action of a fork', setAction, injectAction, waitAction),
  }),
  MOST_FORKS,
);

/** Forks of each run, held to what the engine holds them to. */
export const forks = record<Fork[]>((value, path) => {
  const checked = forkList(value, path);
  checkForks(checked);
  return checked;
});
