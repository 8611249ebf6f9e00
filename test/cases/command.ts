import { serve } from '../../src/cli/runCases';
import { KINDS } from './kinds';

// `npm run cases`: the command of `src/cli` with these adapters. Its threads load this file too.
export { main } from '../../src/cli/runCases';

serve(KINDS);
