import { floorTime, grown, type Column, type ColumnBatch } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { type AggregateLayout } from '../aggregates';
import { type Pieces } from '../pieces';
import { type Bounds } from './bounds';
import { type Context } from '../stream/operator';
import { StateTtl } from '../state/stateTtl';
import { oneRow, type KeyedSlots } from '../state/slots';
import { type StateValue, type Store } from '../state/store';
import { endOfPeers, piecesOf, type Frames } from './frames';

const NONE = -1;

/** The tiles of one key, oldest first: where each starts, and where its state is. */
interface Chain {
  starts: number[];
  bases: number[];
  /** Tiles before it have their own state and that of all up to here merged into it; the rest have only their own. */
  turned: number;
  /** All tiles from `turned` on, merged. */
  back: number;
  /** The tile that rows still enter. */
  start: number;
  base: number;
}

/**
 * Frames whose edges are rounded down to a hop (S7.7): one tile, a partial aggregate, per key and hop. A row is added
 * to one tile; a frame is a run of whole tiles, and with an exact head the tile under way.
 *
 * The run is two stacks. Tiles join the back, which has one sum; the front has a sum for each of its tiles, of it and
 * all behind it in the front. When the front is used up, the back becomes the front. So a tile is merged three times in
 * its life, and an answer costs two merges more: how long the window is does not show, and nothing is ever taken back,
 * so MIN, MAX and sketches cost what sums cost.
 */
export class TileFrames implements Frames, Store {
  readonly records: KeyedSlots;
  /** Tiles held. */
  rows = 0;
  private state: Float64Array = new Float64Array(0);
  private free: number[] = [];
  private used = 0;
  private readonly chains: (Chain | undefined)[] = [];
  /** Keys that are quiet for twice the reach of a frame have none, and no late row will ask for it (S7.4). */
  private readonly quiet: StateTtl;
  private readonly newest: StateValue;

  constructor(
    private readonly layout: AggregateLayout,
    private readonly results: Column[],
    private readonly bounds: Bounds,
    private readonly context: Context,
  ) {
    const { state } = context;
    this.records = state.slots(layout);
    state.add(this);
    this.quiet = state.add(new StateTtl(2 * bounds.reach, this.forget));
    this.newest = state.value(-Infinity, 'max');
  }

  *answer(out: ColumnBatch, keys: Int32Array, from: number, to: number, input: number): Pieces {
    const piece = piecesOf(this.layout);
    for (let row = from; row < to;) {
      const end = endOfPeers(out.time, row, to);
      // The head is exclusive: rows of one time do not see each other.
      for (let peer = row; peer < end; peer += 1) {
        this.answerRow(out, peer, keys[peer]);
        if (peer % piece === 0) yield;
      }
      for (let peer = row; peer < end; peer += 1) {
        this.enter(out, peer, keys[peer], input);
        if (peer % piece === 0) yield;
      }
      row = end;
    }
  }

  reaches(time: number): boolean {
    return time >= this.newest.value - this.bounds.reach;
  }

  private answerRow(out: ColumnBatch, row: number, key: number): void {
    const { layout, records, bounds } = this;
    const time = out.time[row];
    const chain = this.chains[key];
    const base = key * records.width;
    layout.init(records.slots, base);
    if (chain) {
      this.turnTo(chain, time);
      this.expire(chain, bounds.least(time));
      if (chain.turned > 0) layout.merge(records.slots, base, this.state, chain.bases[0]);
      if (chain.back !== NONE) layout.merge(records.slots, base, this.state, chain.back);
      if (chain.base !== NONE && chain.start <= bounds.most(time)) {
        layout.merge(records.slots, base, this.state, chain.base);
      }
    }
    layout.result(records.slots, base, this.results, row);
  }

  private enter(out: ColumnBatch, row: number, key: number, input: number): void {
    const { layout, records, context, bounds } = this;
    const time = out.time[row];
    let chain = this.chains[key];
    if (!chain) {
      chain = { starts: [], bases: [], turned: 0, back: NONE, start: 0, base: NONE };
      this.chains[key] = chain;
    }
    this.turnTo(chain, time);
    if (chain.base === NONE) {
      chain.start = floorTime(time, bounds.hop);
      chain.base = this.take();
      this.rows += 1;
    }
    layout.add(this.state, oneRow(chain.base, row), out, row, row + 1);
    records.slots[key * records.width + layout.stride] = time;
    if (time > this.newest.value) this.newest.value = time;
    this.quiet.write(key, this.newest.value);
    this.quiet.pass(this.newest.value);
    context.written?.(input, key, records.values(key), time, time);
  }

  /** Closes the tile under way, where `time` is behind it. */
  private turnTo(chain: Chain, time: number): void {
    if (chain.base === NONE || time < chain.start + this.bounds.hop) return;
    chain.starts.push(chain.start);
    chain.bases.push(chain.base);
    if (chain.back === NONE) chain.back = this.take();
    this.layout.merge(this.state, chain.back, this.state, chain.base);
    chain.base = NONE;
  }

  private expire(chain: Chain, least: number): void {
    const { starts, bases } = chain;
    let gone = 0;
    while (gone < starts.length && starts[gone] < least) gone += 1;
    if (gone === 0) return;
    for (let i = 0; i < gone; i += 1) this.give(bases[i]);
    starts.splice(0, gone);
    bases.splice(0, gone);
    this.rows -= gone;
    if (gone <= chain.turned) chain.turned -= gone;
    else this.turn(chain);
  }

  /** The back becomes the front. */
  private turn(chain: Chain): void {
    const { layout, state } = this;
    const { bases } = chain;
    for (let i = bases.length - 2; i >= 0; i -= 1) layout.merge(state, bases[i], state, bases[i + 1]);
    chain.turned = bases.length;
    this.give(chain.back);
    chain.back = NONE;
  }

  private readonly forget = (key: number): void => {
    const chain = this.chains[key]!;
    for (const base of [...chain.bases, chain.back, chain.base]) if (base !== NONE) this.give(base);
    this.rows -= chain.bases.length + (chain.base === NONE ? 0 : 1);
    this.chains[key] = undefined;
    this.layout.init(this.records.slots, key * this.records.width);
  };

  /** An empty state; returns where it starts. */
  private take(): number {
    const { stride } = this.layout;
    const base = this.free.pop() ?? this.used++ * stride;
    if (base + stride > this.state.length) {
      this.state = grown(this.state, Math.max(64 * stride, this.state.length * 2));
    }
    this.layout.init(this.state, base);
    return base;
  }

  private give(base: number): void {
    this.layout.init(this.state, base);
    this.free.push(base);
  }

  writeFrame(writer: StateWriter): void {
    const { chains } = this;
    writer.number(this.rows);
    writer.floats(this.state, this.used * this.layout.stride);
    writer.floats(Float64Array.from(this.free));
    writer.number(chains.length);
    for (let key = 0; key < chains.length; key += 1) {
      const chain = chains[key];
      writer.floats(Float64Array.from(chain ? [chain.turned, chain.back, chain.start, chain.base] : []));
      writer.floats(Float64Array.from(chain?.starts ?? []));
      writer.floats(Float64Array.from(chain?.bases ?? []));
    }
  }

  readFrame(reader: StateReader): void {
    this.rows = reader.number();
    this.state = reader.floats();
    this.used = this.state.length / this.layout.stride;
    this.free = [...reader.floats()];
    this.chains.length = 0;
    for (let key = 0, keys = reader.number(); key < keys; key += 1) {
      const [turned, back, start, base] = reader.floats();
      const starts = [...reader.floats()];
      const bases = [...reader.floats()];
      if (turned !== undefined) this.chains[key] = { starts, bases, turned, back, start, base };
    }
  }

  writeEntries(entry: (key: number) => EntryWriter): void {
    const { layout } = this;
    this.chains.forEach((chain, key) => {
      if (!chain) return;
      const writer = entry(key);
      const write = (base: number): void => {
        writer.flag(base !== NONE);
        if (base !== NONE) layout.writeGroup(this.state, base, writer);
      };
      writer.number(chain.turned);
      write(chain.back);
      writer.number(chain.start);
      write(chain.base);
      chain.starts.forEach((start, i) => {
        writer.number(start);
        write(chain.bases[i]);
      });
    });
  }

  readEntry(key: number, entry: EntryReader): void {
    const read = (): number => {
      if (!entry.flag()) return NONE;
      const base = this.take();
      this.layout.fillGroup(this.state, base, entry);
      return base;
    };
    const turned = entry.number();
    const back = read();
    const chain: Chain = { starts: [], bases: [], turned, back, start: entry.number(), base: read() };
    while (!entry.finished) {
      chain.starts.push(entry.number());
      chain.bases.push(read());
    }
    this.chains[key] = chain;
    this.rows += chain.starts.length + (chain.base === NONE ? 0 : 1);
  }
}
