import { Dictionary } from '../../model';

/**
 * IP addresses: every city has one private block 10.<city>.0.0/16, so that no two cities share an address. Payment
 * terminals stand in 10.<city>.0.x, devices in the upper three quarters.
 */
export class Addresses {
  readonly dictionary = new Dictionary();
  private readonly terminals: Int32Array;
  private readonly atHome: Int32Array;
  private readonly away = new Map<number, number>();

  constructor(
    cities: number,
    cards: number,
    private readonly home: Uint8Array,
  ) {
    this.terminals = new Int32Array(cities * TERMINALS).fill(-1);
    this.atHome = new Int32Array(cards).fill(-1);
  }

  /** Code of the address of a merchant's terminal in a city. */
  terminal(merchant: number, city: number): number {
    const at = city * TERMINALS + (merchant % TERMINALS);
    if (this.terminals[at] < 0) this.terminals[at] = this.dictionary.code(`10.${city}.0.${1 + (merchant % TERMINALS)}`);
    return this.terminals[at];
  }

  /** Code of the address that a card's holder uses in a city. */
  device(card: number, city: number): number {
    if (city === this.home[card]) {
      if (this.atHome[card] < 0) this.atHome[card] = this.deviceAt(city, card);
      return this.atHome[card];
    }
    const key = card * 256 + city;
    let code = this.away.get(key);
    if (code === undefined) {
      code = this.deviceAt(city, card * 7 + 1);
      this.away.set(key, code);
    }
    return code;
  }

  /** Code of the address of a numbered device. */
  deviceAt(city: number, device: number): number {
    return this.dictionary.code(`10.${city}.${64 + ((device >> 8) % 192)}.${device & 255}`);
  }
}

/** Addresses of terminals in a city; merchants share them. */
const TERMINALS = 61;
