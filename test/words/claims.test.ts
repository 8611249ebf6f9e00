import { expect, test } from 'vitest';
import { CLAIM_NAMES, seconds } from '../../src/model';
import { claimText, findingSentence } from '../../src/words/claims';

test('a finding fills in the facts', () => {
  const claim = { name: null, finding: '{late} at {clock}, {watermark}', holds: 'late = 0' };
  const facts = { late: 2, clock: seconds(90), watermark: null };
  expect(findingSentence(claim, { facts, reads: ['late'] })).toBe('2 at 00:01:30, none');
});

test('a claim without a finding lists the facts of its condition', () => {
  const claim = { name: null, finding: null, holds: 'result = batch OR dropped > 0' };
  const facts = { dropped: 0, result: 'a', batch: 'b' };
  expect(findingSentence(claim, { facts, reads: ['dropped', 'result', 'batch'] })).toBe(
    'Here “result = batch OR dropped > 0” is false: dropped is 0, result and batch differ.',
  );
});

test.each(CLAIM_NAMES)('%s is a sentence', (name) => {
  expect(claimText({ name, text: null })).toMatch(/^[A-Z].*\.$/);
});
