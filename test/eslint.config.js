import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

const sinks = 'insertAdjacentHTML|innerHTML|outerHTML|setHTMLUnsafe|srcdoc|createContextualFragment';

/** Ways to turn text into markup, styles or code, which the page's policy forbids (SAFETY H-03). */
const markup = [
  {
    selector: `AssignmentExpression > MemberExpression.left[property.name=/^(${sinks})$/]`,
    message: 'text never becomes markup: set textContent, or build elements',
  },
  {
    selector: `CallExpression[callee.property.name=/^(insertAdjacentHTML|setHTMLUnsafe|createContextualFragment)$/]`,
    message: 'text never becomes markup: build elements',
  },
  {
    selector: "CallExpression[callee.object.name='document'][callee.property.name=/^write(ln)?$/]",
    message: 'document.write is not used: build elements',
  },
  {
    selector: 'CallExpression[callee.property.name="setAttribute"][arguments.0.value=/^(srcdoc|style|on.*)$/i]',
    message: 'the page policy blocks this attribute: use a class or a listener',
  },
];

/** Sinks that tests may name in order to look for them. */
const pageOnly = [
  {
    selector: `MemberExpression[property.name=/^(${sinks})$/]`,
    message: 'text never becomes markup: use textContent, or build elements',
  },
  { selector: "CallExpression[callee.property.name='html']", message: "d3's .html() turns text into markup" },
  { selector: "SvelteAttribute[key.name='srcdoc']", message: 'an iframe is loaded by URL, never by srcdoc' },
  {
    selector: "SvelteAttribute[key.name='style'], SvelteStyleDirective",
    message: 'the page policy blocks style attributes in prerendered pages: use a class or an SVG attribute',
  },
];

/** Words that this project used for ideas that the field has a name for (STYLE §6), in any place of a camel-case name. */
const PRIVATE_WORDS = 'wire|wiring|levels|intake|feed|feeder|mixed|said|says|speaks|makings|stuck|ledger|breaker';
const Capital = PRIVATE_WORDS.replace(/(^|\|)\w/g, (start) => start.toUpperCase());
const privateName = [
  `^_*(${PRIVATE_WORDS})(s?$|[A-Z0-9_])`,
  `(${Capital})(s?$|[A-Z0-9_])`,
  `(^|_)(${PRIVATE_WORDS.toUpperCase()})(_|$)`,
  '^lineOf$',
].join('|');

const vocabulary = ['Identifier', 'PrivateIdentifier'].map((node) => ({
  selector: `${node}[name=/${privateName}/]`,
  message: 'this word is private to the project: take the name that the field uses (STYLE §6)',
}));

const comparators = [
  '> ArrowFunctionExpression > BinaryExpression.body[operator=/^([<>]=?|[!=]==?)$/]',
  '> :function ReturnStatement > BinaryExpression.argument[operator=/^([<>]=?|[!=]==?)$/]',
].map((rest) => ({
  selector: `CallExpression[callee.property.name=/^(sort|toSorted)$/] ${rest}`,
  message: 'a comparator returns a number; with a boolean the order differs between runtimes',
}));

const exactMath =
  'abs|ceil|clz32|floor|fround|imul|max|min|round|sign|sqrt|trunc|E|LN10|LN2|LOG10E|LOG2E|PI|SQRT1_2|SQRT2';

/** Same seed, same bytes: what differs between runtimes is not used below the page (SAFETY §1.10, I-03). */
const determinism = [
  {
    selector: `MemberExpression[object.name='Math']:not([computed=false][property.name=/^(${exactMath})$/])`,
    message: 'the last bits of this function differ between runtimes: use sim/maths',
  },
  { selector: "VariableDeclarator[init.name='Math']", message: 'call Math functions by their full name' },
  {
    selector: "BinaryExpression[operator='**'], AssignmentExpression[operator='**=']",
    message: 'the last bits of ** differ between runtimes: multiply, or use sim/maths',
  },
  {
    selector: 'MemberExpression[property.name=/^(localeCompare|toLocale[A-Z]\\w*)$/]',
    message: 'the result depends on the locale: compare code units, or format in model/time',
  },
];

const clocks = ['Date', 'Intl', 'performance', 'crypto', 'Temporal'].map((name) => ({
  name,
  message: 'time, chance and locale come in as arguments below the page',
}));

/** What a system decides is a field of its record, so that a fifth system is one more record. */
const profiles = [
  'BinaryExpression[operator=/^[!=]==?$/] > Literal[value=/^(flink|beam|kafka|spark)$/]',
  'SwitchCase > Literal[value=/^(flink|beam|kafka|spark)$/]',
].map((selector) => ({
  selector,
  message: "code asks a policy (POLICIES[profile].expiry.is), never the profile's name",
}));

const below = [
  ...['model', 'sim', 'data', 'aggregates', 'sql', 'engine', 'learning', 'dialects', 'notebook', 'words', 'cases'].map(
    (folder) => `src/${folder}/**/*.ts`,
  ),
  'src/session/**/*.ts',
];

/** The two files of the boundary that know of the browser. */
const boundary = ['src/session/client.ts', 'src/session/worker.ts'];

export default tseslint.config(
  { ignores: ['dist/**', '**/node_modules/**', 'coverage/**', 'test-results/**', 'public/**'] },
  ...tseslint.configs.recommendedTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      parserOptions: {
        tsconfigRootDir: import.meta.dirname,
        project: ['./tsconfig.json'],
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      'prefer-const': 'error',
      'no-var': 'error',
      'no-console': 'error',
      '@typescript-eslint/no-implied-eval': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/require-array-sort-compare': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unnecessary-type-arguments': 'error',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'error',
      '@typescript-eslint/no-dynamic-delete': 'error',
      '@typescript-eslint/return-await': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      'svelte/no-navigation-without-resolve': 'off',
      'svelte/no-useless-mustaches': 'off',
      'svelte/prefer-svelte-reactivity': 'off',
      'no-restricted-syntax': ['error', ...markup, ...comparators],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // What `$props()` and `$state()` give is written again by others than this file.
      'prefer-const': 'off',
      // In markup the linter does not see the types of events and bindings; svelte-check does.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      'svelte/prefer-const': ['error', { excludedRunes: ['$props', '$derived', '$state'] }],
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.svelte'],
    rules: { 'no-restricted-syntax': ['error', ...markup, ...comparators, ...pageOnly, ...vocabulary, ...profiles] },
  },
  {
    files: below,
    ignores: boundary,
    rules: {
      'no-restricted-globals': ['error', ...clocks],
      'no-restricted-syntax': [
        'error',
        ...markup,
        ...comparators,
        ...pageOnly,
        ...vocabulary,
        ...profiles,
        ...determinism,
      ],
    },
  },
  {
    files: ['test/**'],
    rules: { 'no-restricted-syntax': ['error', ...markup, ...comparators, ...vocabulary] },
  },
  {
    files: ['test/**', 'src/cli/**'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', 'no-console': 'off' },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
