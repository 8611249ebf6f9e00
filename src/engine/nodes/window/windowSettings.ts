import { type WindowShape } from '../../../sql/plan';
import {
  type Accumulation,
  type EmptyPane,
  type Evictor,
  type OutputTimestamp,
  type Profile,
  type Trigger,
} from '../../stream/options';
import { type Assigner } from './windowing/assign';
import { type PaneObserver } from './paneRows';

/** How windows are cut, fired and emptied. Times in ms. */
export interface WindowSettings {
  assigner: Assigner;
  shape: WindowShape['kind'];
  profile: Profile;
  /** The clock that windows are cut by, and that their ends are on (S2.9). */
  time: 'event' | 'processing';
  /** Time is the largest row time so far, the row at hand included (S1.1), and neither the watermark nor the clock. */
  streamTime: boolean;
  /** null: the profile's own. */
  trigger: Trigger | null;
  /** null: the profile's own. */
  accumulation: Accumulation | null;
  /** Counts for windows in event time only. */
  lateness: number;
  evictor: Evictor | null;
  outputTimestamp: OutputTimestamp;
  /** The pane on time, and the one at expiry, for profiles that have empty panes. */
  onTime: EmptyPane;
  closing: EmptyPane;
  /** Triggers are asked when the caller ends a bundle, not after each row. */
  bundles: boolean;
  /** Is told of each emitted row which pane it belongs to. */
  observer: PaneObserver | null;
}

/** What holds where nothing is said. */
export const WINDOW_DEFAULTS: Omit<WindowSettings, 'assigner' | 'shape'> = {
  profile: 'flink',
  time: 'event',
  streamTime: false,
  trigger: null,
  accumulation: null,
  lateness: 0,
  evictor: null,
  outputTimestamp: 'end-of-window',
  onTime: 'fire-always',
  closing: 'fire-if-non-empty',
  bundles: false,
  observer: null,
};
