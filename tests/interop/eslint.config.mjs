// SPDX-License-Identifier: GPL-3.0-or-later
// The rules for this repository's JavaScript. Run from the root, after `npm ci` in tests/:
//   tests/node_modules/.bin/eslint --config tests/interop/eslint.config.mjs roles tests
import js from '@eslint/js';
import stylistic from '@stylistic/eslint-plugin';
import globals from 'globals';

export default [
  { ignores: ['**/node_modules/', '.cache/', '.venv/'] },
  js.configs.recommended,
  stylistic.configs.customize({ semi: true, jsx: false, braceStyle: '1tbs', arrowParens: true }),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: { ecmaVersion: 2022, globals: globals.node },
    rules: {
      'curly': 'error',
      'eqeqeq': 'error',
      'no-console': 'error',
      'no-shadow': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'complexity': ['error', 12],
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', 50],
      '@stylistic/max-len': ['error', 120],
    },
  },
  // Patchworks takes a script in one file.
  {
    files: ['roles/**/*.js'],
    languageOptions: { sourceType: 'commonjs' },
    rules: { 'max-lines': ['error', 520] },
  },
];
