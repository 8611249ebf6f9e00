import { counted } from './phrases';

/** What was known of a result at a time, beside what is published now. */
export interface KnownCounts {
  /** Rows that were known. */
  then: number;
  /** Of these, with other values now; and taken back since. */
  other: number;
  gone: number;
  /** Rows that were not known. */
  added: number;
}

/** What was known at a time, in one sentence. */
export function knownSentence({ then, other, gone, added }: KnownCounts, time: string): string {
  const later = [
    ...(other ? [`${counted(other, 'row')} of these ${other === 1 ? 'has' : 'have'} other values now`] : []),
    ...(gone ? [`${counted(gone, 'row')} ${gone === 1 ? 'was' : 'were'} taken back`] : []),
    ...(added ? [`${counted(added, 'row')} arrived later`] : []),
  ];
  const known = then
    ? `${counted(then, 'row')} of the result ${then === 1 ? 'was' : 'were'} known`
    : 'nothing was known';
  return `At ${time} ${known}${later.length ? `; ${later.join(', ')}` : ', and it is what is published now'}.`;
}
