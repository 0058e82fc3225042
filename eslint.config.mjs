import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import regexp from 'eslint-plugin-regexp';

/** Each layer and the layers that it may import besides itself; see docs/decisions.md, "Imports point down only". */
const lib = ['src/lib'];
const tracing = [...lib, 'src/tracing'];
const stores = [...tracing, 'src/queue', 'src/models'];
const outbox = [...stores, 'src/events', 'src/lists', 'src/tokens'];
const domain = [...outbox, 'src/applications', 'src/conversations', 'src/candidates'];
const layers = {
  'src/lib': [],
  'src/local': lib,
  'src/client': lib,
  'src/tracing': lib,
  'src/queue': tracing,
  'src/models': tracing,
  db: [...lib, 'src/models'],
  'src/lists': lib,
  'src/tokens': [...lib, 'src/models'],
  'src/events': [...tracing, 'src/models'],
  'src/metrics': [...stores, 'src/events'],
  'src/applications': [...stores, 'src/events', 'src/lists'],
  'src/candidates': [...stores, 'src/applications', 'src/lists'],
  'src/conversations': [...stores, 'src/events', 'src/lists', 'src/applications'],
  'src/web': [...domain, 'src/metrics', 'db'],
  'src/worker': [...domain, 'src/metrics'],
  'src/cli': [...domain, 'src/metrics', 'src/client', 'src/local', 'db'],
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

/** SQL is a literal, an UPPER_CASE constant, or a template of such constants. Values are passed as replacements or parameters. */
const isConstant = '[type="Identifier"][name=/^[A-Z][A-Z0-9_]*$/]';
const isConstantTemplate = `[type="TemplateLiteral"]:not(:has(> .expressions:not(${isConstant})))`;
const sqlFromString = ['callee.property.name="query"', 'callee.name="literal"'].map((call) => ({
  selector: `CallExpression[${call}] > .arguments:first-child:not([type="Literal"], ${isConstant}, ${isConstantTemplate})`,
  message: 'Pass constant SQL and its values as replacements or parameters.',
}));
const noPatternFromText = {
  selector: 'NewExpression[callee.name="RegExp"]:not([arguments.0.type="Literal"])',
  message: 'Lint cannot check a pattern that is built at run time.',
};

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.conv/', 'src/client/schema.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
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
      // ReDoS: no pattern may take more than linear time on input from outside.
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
      'no-restricted-syntax': ['error', ...sqlFromString, noPatternFromText],
      'max-lines': ['error', 200],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  { files: ['bin/*.ts', 'src/cli/main.ts', 'test/**/*.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    // Run statements that other code of ours returns: migrations, the schema dump, and keysetSql, which puts no value into SQL.
    files: ['db/migrate.ts', 'db/dump.ts', 'src/lists/list.ts'],
    rules: { 'no-restricted-syntax': ['error', noPatternFromText] },
  },
  {
    // Tests create schemas and patterns.
    files: ['test/**/*.ts'],
    rules: { 'no-restricted-syntax': 'off', 'regexp/no-super-linear-backtracking': 'off' },
  },
  { files: ['test/support/global-*.ts'], rules: { 'import-x/no-default-export': 'off' } }, // jest requires one
  {
    files: ['examples/**/*.mjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', fetch: 'readonly', AbortSignal: 'readonly' },
    },
  },
  {
    files: ['**/*.js', 'bin/conv'],
    ignores: ['src/web/public/'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', module: 'writable', process: 'readonly', console: 'readonly' },
    },
  },
  {
    files: ['src/web/public/**/*.js'],
    languageOptions: {
      sourceType: 'script',
      globals: {
        document: 'readonly',
        DOMParser: 'readonly',
        EventSource: 'readonly',
        MutationObserver: 'readonly',
        SwaggerUIBundle: 'readonly',
      },
    },
  },
);
