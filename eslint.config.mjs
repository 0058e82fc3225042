import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import regexp from 'eslint-plugin-regexp';

/** Each layer and what it may import besides itself; docs/decisions.md, "Imports point down only". */
const lib = ['src/lib'];
const stores = [...lib, 'src/queue', 'src/models'];
const outbox = [...stores, 'src/events', 'src/lists', 'src/tokens'];
const domain = [...outbox, 'src/applications', 'src/conversations', 'src/candidates'];
const layers = {
  'src/lib': [],
  'src/local': lib,
  'src/queue': lib,
  'src/models': lib,
  db: [...lib, 'src/models'],
  'src/lists': lib,
  'src/tokens': [...lib, 'src/models'],
  'src/events': [...lib, 'src/models'],
  'src/applications': [...stores, 'src/events', 'src/lists'],
  'src/candidates': [...stores, 'src/applications', 'src/lists'],
  'src/conversations': [...stores, 'src/events', 'src/lists', 'src/applications'],
  'src/web': [...domain, 'db'],
  'src/worker': domain,
  'src/cli': [...domain, 'src/local', 'db'],
};

const everyLayer = [...Object.keys(layers), 'bin', 'test'];

const zones = Object.entries(layers).flatMap(([target, allowed]) =>
  everyLayer
    .filter((layer) => layer !== target && !allowed.includes(layer))
    .map((from) => ({
      target: `./${target}`,
      from: `./${from}`,
      message: `${target} must not import ${from}: imports point down only.`,
    })),
);

/**
 * SQL text is a constant (UPPER_CASE, or written in the call); values go beside it as `bind` or `replacements`. Only
 * src/lists/list.ts passes built text, from keysetSql in src/lists/keyset.ts.
 */
const notConstant = '.expressions:not(Identifier[name=/^[A-Z][A-Z_]*$/])';
const sqlMessage = 'SQL text must be a constant; pass values as bind or replacements.';
const noSqlByString = ['callee.property.name="query"', 'callee.name="literal"'].flatMap((call) =>
  [
    `TemplateLiteral.arguments:first-child:has(> ${notConstant})`,
    'BinaryExpression.arguments:first-child',
  ].map((made) => ({ selector: `CallExpression[${call}] > ${made}`, message: sqlMessage })),
);
const noSqlFromVariable = [
  'Identifier.arguments:first-child:not([name=/^[A-Z][A-Z_]*$/])',
  'MemberExpression.arguments:first-child',
  'CallExpression.arguments:first-child',
].map((passed) => ({
  selector: `CallExpression[callee.property.name="query"] > ${passed}`,
  message: sqlMessage,
}));
const noPatternFromText = {
  selector: 'NewExpression[callee.name="RegExp"]:not([arguments.0.type="Literal"])',
  message: 'A pattern made at run time is one that lint cannot judge.',
};

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.conv/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX, regexp },
    languageOptions: {
      parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname },
    },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.check.json' })],
    },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-restricted-paths': ['error', { zones, basePath: import.meta.dirname }],
      'import-x/no-default-export': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Settings come from src/lib/config.ts, read once by bin and cli.',
        },
      ],
      // ReDoS: no pattern may take longer than linear time over what a stranger sends.
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
      'no-restricted-syntax': ['error', ...noSqlByString, ...noSqlFromVariable, noPatternFromText],
      'max-lines': ['error', 200],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  { files: ['bin/*.ts', 'src/cli/main.ts', 'test/**/*.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['src/lists/list.ts', 'db/*.ts'], // keysetSql; migrations
    rules: { 'no-restricted-syntax': ['error', ...noSqlByString, noPatternFromText] },
  },
  {
    // Tests make schemas and patterns of their own.
    files: ['test/**/*.ts'],
    rules: { 'no-restricted-syntax': 'off', 'regexp/no-super-linear-backtracking': 'off' },
  },
  { files: ['test/support/global-*.ts'], rules: { 'import-x/no-default-export': 'off' } }, // jest asks for one
  {
    files: ['examples/**/*.mjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', fetch: 'readonly', AbortSignal: 'readonly' },
    },
  },
  {
    files: ['**/*.js', 'bin/conv'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', module: 'writable', process: 'readonly', console: 'readonly' },
    },
  },
);
