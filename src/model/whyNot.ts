import { type Table, type Value } from './column';
import { type Profile } from './policy';
import { type NamedValue } from './stepFacts';

/**
 * Why something has not been emitted, as facts: `words` makes sentences of them. Times in ms; `rule` is the rule of the
 * semantics that decides, null where it is plain SQL.
 */
export interface WhyNot {
  of: WindowSubject | EventSubject;
  /** Processing time of the moment that is asked about. */
  now: number;
  reason: WindowReason | RowReason;
  /**
   * Where the watermark comes from: columns `stream`, `partition`, `events`, `newest`, `watermark` (null: none yet),
   * `idle`, `holds` (it is the minimum of the active ones, so the watermark waits for it).
   */
  partitions: Table;
  /** What would make it happen, the best first; no part of one can be left out. */
  offers: Offer[];
  /** Why nothing can any more; null where something can, or where no small change was found. */
  nothing: Nothing | null;
  /** Runs that were tried. */
  probes: number;
}

export interface WindowSubject {
  kind: 'window';
  key: NamedValue[];
  start: number;
  end: number;
}

export interface EventSubject {
  kind: 'event';
  stream: string;
  partition: number;
  offset: number;
}

/** A change as the page can plant it. */
export interface Offer {
  events: { stream: string; partition: number; eventTime: number; arrives: number; values: Record<string, Value> }[];
  /** The clock until which nothing more may arrive; null: the last event is enough. */
  until: number | null;
}

/** What a trigger waits for. */
export type Wait =
  | { for: 'watermark'; rule: string; watermark: number; needs: number }
  | { for: 'count'; rule: string; have: number; need: number }
  | { for: 'clock'; rule: string; until: number }
  | { for: 'delta'; rule: string; column: string; by: number }
  | { for: 'event'; rule: string };

/** A partition at whose watermark the others wait. `watermark`: null where it has none yet. */
export interface SlowPartition {
  stream: string;
  partition: number;
  watermark: number | null;
}

/** Why a window of a key has not fired, or not again. */
export type WindowReason =
  /** The shape of the windows has none with these bounds. */
  | { is: 'no such window'; rule: string }
  /** No event of the key has arrived for it. */
  | { is: 'no event'; rule: string }
  /** Events arrived for it too late. */
  | { is: 'dropped'; rule: string; events: number }
  /** It accepts no more events, and had nothing to emit when it closed. */
  | { is: 'expired'; rule: string; by: 'clock' | 'stream time' | 'watermark'; since: number }
  /** It is part of another session now. */
  | { is: 'merged'; rule: string; into: { start: number; end: number } }
  /** It has fired, and no event has arrived for it since. */
  | { is: 'fired'; rule: string; times: number; at: number }
  /** `slowest`: empty where the run reads one partition. */
  | { is: 'watermark'; rule: string; watermark: number; needs: number; slowest: SlowPartition[] }
  /** The partitions are far enough, and the watermark has not been emitted yet. */
  | { is: 'not sent'; rule: string; needs: number }
  /** `streamTime`: negative where there is none yet. */
  | { is: 'stream time'; rule: string; streamTime: number; needs: number }
  | { is: 'trigger'; rule: string; waits: Wait[] }
  /** Its trigger has finished, and closed it. */
  | { is: 'finished'; rule: string };

/** Why an event is not in the result, or that it is. */
export type RowReason =
  | { is: 'to come' | 'in the result' | 'filtered' | 'unchanged'; rule: string | null }
  /** `watermark`: null where there is none yet. */
  | { is: 'waits'; rule: string; watermark: number | null; needs: number }
  | { is: 'no partner'; rule: string; because: NoPartner }
  /** No partner from `from` to `to`: none yet, or none any more. */
  | {
      is: 'no partner';
      rule: string;
      because: 'none in reach' | 'none came';
      from: number;
      to: number;
      residual: boolean;
    }
  | { is: 'too late'; rule: string; for: 'frame' | 'versions' | 'window' | 'state' }
  | { is: 'outdone'; rule: string; keep: 'first' | 'last' }
  | { is: 'outdone'; rule: string; limit: number; rank: number };

export type NoPartner =
  'null key' | 'none yet' | 'not seen yet' | 'no version on arrival' | 'no version at its time' | 'between windows';

/** Why no change can help. */
export type Nothing =
  /** The reason itself is final. */
  | { because: 'reason'; rule: string | null }
  /** No event moves the watermark any more. */
  | { because: 'last watermark'; rule: string }
  | { because: 'newer version'; rule: string }
  /** The window has expired by the rule of its system. */
  | { because: 'expired'; rule: string; profile: Profile }
  /** The clock passes the end of the window before its trigger could fire. */
  | { because: 'clock first'; rule: string }
  | { because: 'rule'; rule: string };
