import fc from 'fast-check';

// `npm test` says the same about the same commit: properties draw from one seed. The long mode draws from a new one
// each time, and SEED=n repeats what a failure printed.
const { LONG, SEED } = typeof process === 'undefined' ? {} : process.env;
if (SEED) fc.configureGlobal({ seed: Number(SEED) });
else if (!LONG) fc.configureGlobal({ seed: 20_261_121 });
