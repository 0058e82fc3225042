import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';

/** Each layer and what it may import besides itself; docs/decisions.md, "Imports point down only". */
const ground = ['src/*.ts'];
const stores = ['src/queue', 'src/models'];
const verbs = ['src/conversations', 'src/events', 'src/tokens'];
const layers = {
  'src/queue': [...ground],
  'src/models': [...ground],
  db: [...ground, 'src/models'],
  'src/events': [...ground, 'src/models'],
  'src/tokens': [...ground, 'src/models'],
  'src/conversations': [...ground, ...stores, 'src/events'],
  'src/local': [...ground, ...stores, ...verbs, 'db'],
  'src/web': [...ground, ...stores, ...verbs, 'db'],
  'src/worker': [...ground, ...stores, ...verbs],
  'src/cli': [...ground, ...stores, ...verbs, 'src/local', 'db'],
};

const everyLayer = [...Object.keys(layers), 'bin', 'test'];

function zone(target, allowed) {
  const forbidden = everyLayer.filter((layer) => layer !== target && !allowed.includes(layer));
  return forbidden.map((from) => ({
    target: `./${target}`,
    from: `./${from}`,
    message: `${target} must not import ${from}: imports point down only.`,
  }));
}

const zones = [
  ...Object.entries(layers).flatMap(([target, allowed]) => zone(target, allowed)),
  ...everyLayer.map((from) => ({
    target: './src/*.ts',
    from: `./${from}`,
    message: `the ground floor imports nothing of ours, so not ${from}.`,
  })),
];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.conv/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
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
          message: 'Settings come from src/config.ts, read once by bin and cli.',
        },
      ],
      'max-lines': ['error', 200],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  { files: ['bin/*.ts', 'src/cli/main.ts', 'test/**/*.ts'], rules: { 'no-restricted-properties': 'off' } },
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
