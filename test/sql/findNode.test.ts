import { expect, test } from 'vitest';
import { findNode } from '../../src/sql/findNode';
import { TidemarkError } from '../../src/model';
import { plan } from '../../src/sql';
import { catalog, DEFINITIONS } from '../support/stream';

test('a node is found below a projection; a kind that the plan does not have is an error', () => {
  const { query } = plan(DEFINITIONS.having, catalog);
  expect(findNode(query, 'window aggregate').node).toBe('window aggregate');
  expect(() => findNode(query, 'over')).toThrow(TidemarkError);
});
