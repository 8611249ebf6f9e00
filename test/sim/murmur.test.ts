import { expect, test } from 'vitest';
import { murmur2, partitionOf } from '../../src/sim/murmur';
import { utf8 } from '../../src/sim/utf8';

// Apache Kafka, clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java, testMurmur2.
const VECTORS: [string, number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

test.each(VECTORS)('murmur2 of %s is that of Kafka', (text, expected) => {
  expect(murmur2(utf8(text))).toBe(expected);
});

test('a partition is the positive hash modulo the number of partitions', () => {
  expect(partitionOf('abc', 7)).toBe(479470107 % 7);
  expect(partitionOf('foobar', 4)).toBe((-790332482 & 0x7fffffff) % 4);
  expect(partitionOf('anything', 1)).toBe(0);
});

test('text becomes the same bytes as in a browser', () => {
  for (const text of ['', 'abc', 'Zürich', '東京', '🎻', 'half \ud83c', '\udfbb half', '€']) {
    expect(utf8(text)).toEqual(new TextEncoder().encode(text));
  }
});
