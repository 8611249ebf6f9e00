import { columnNamed, TidemarkError, type TidemarkErrorFacts } from '../../model';
import { type Scan } from '../../sql/plan';
import { type Topic } from '../log/topic';
import { type StreamOptions, type WatermarkStrategy } from '../stream/options';
import { settle } from '../profiles/settle';
import { aboveZero, atLeastZero } from '../spans';

/** A topic that is read as a table. */
interface Read {
  scan: Scan;
  topic: number;
}

/**
 * Refuses options that make no sense, and streams whose events have no time: once, before anything runs. Throws a
 * TidemarkError that names the option.
 */
export function checkOptions(options: StreamOptions, scans: readonly Read[], topics: readonly Topic[]): void {
  const { lateness, wait, emitEvery, idle, maxDrift, ttl, watermark, job } = options;
  atLeastZero('the allowed lateness', 'lateness', lateness);
  if (wait !== null) atLeastZero('the wait of the watermark', 'wait', wait);
  atLeastZero('the time between two watermarks', 'emitEvery', emitEvery);
  if (idle !== null) aboveZero('the timeout of idleness', 'idle', idle);
  if (maxDrift !== null) atLeastZero('the most that a partition may be ahead', 'maxDrift', maxDrift);
  if (ttl !== null) aboveZero('the time to live of state', 'ttl', ttl);
  if (job) return;
  settle(options);
  if (watermark) checkStrategy(watermark, options, scans);
  for (const { scan, topic } of scans) {
    checkTimes(topics[topic]);
    const type = scan.watermark?.type.name;
    if (type && type !== 'TIMESTAMP') {
      fail('a watermark has to be a time', 'WATERMARK', 'an expression of type TIMESTAMP', type);
    }
    const column = scan.schema[scan.timeColumn];
    if (column && column.type.name !== 'TIMESTAMP') {
      fail('the column of event time is no time', column.name, 'a column of type TIMESTAMP', column.type.name);
    }
  }
}

function checkStrategy(strategy: WatermarkStrategy, { maxDrift }: StreamOptions, scans: readonly Read[]): void {
  switch (strategy.type) {
    case 'bounded':
    case 'monotonous':
    case 'stream-time':
      return;
    case 'declared':
      for (const { scan } of scans) {
        if (scan.watermark) continue;
        fail('the stream declares no watermark', scan.table, 'WATERMARK FOR … AS … in its CREATE TABLE', 'none');
      }
      return;
    case 'punctuated':
      for (const { scan } of scans) {
        if (columnNamed(scan.schema, strategy.column) >= 0) continue;
        const names = scan.schema.map(({ name }) => name).join(', ');
        fail('no such column to move the watermark by', scan.table, names, strategy.column);
      }
      return;
    case 'percentile':
      if (strategy.share > 0 && strategy.share <= 1) return;
      fail('a share of delays is out of range', 'watermark', 'a number above 0 and at most 1', String(strategy.share));
      return;
    case 'micro-batch':
      aboveZero('the length of a micro-batch', 'watermark', strategy.batch);
      return;
    case 'given':
      strategy.moves.forEach(([processing, watermark], i) => {
        const isNumber = Number.isFinite(processing) && Number.isFinite(watermark);
        if (isNumber && (i === 0 || processing >= strategy.moves[i - 1][0])) return;
        fail('written-down watermarks are not in order of the clock', 'watermark', 'ascending times', `move ${i + 1}`);
      });
      return;
    case 'perfect':
      if (maxDrift === null) return;
      fail('a perfect watermark knows when each event comes, and maxDrift changes that', 'maxDrift', 'one of the two');
  }
}

function checkTimes({ name, time, table }: Topic): void {
  const { length } = table;
  for (let row = 0; row < length; row += 1) {
    const at = time[row];
    if (Math.floor(at) === at && Math.abs(at) <= Number.MAX_SAFE_INTEGER) continue;
    fail('an event has no event time', name, 'a time for every event', `${time[row]} in row ${row}`);
  }
}

function fail(what: string, where: string, expected: string, found?: string): never {
  const facts: TidemarkErrorFacts = { what, where, expected, found };
  throw new TidemarkError(facts);
}
