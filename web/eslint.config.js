import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['build', '.svelte-kit', 'src/lib/paraglide', 'src/lib/api/schema.d.ts', 'test-results', 'playwright-report'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      'no-console': ['error', { allow: ['error'] }],
      'no-undef': 'off', // TypeScript knows better
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 250, skipBlankLines: false }],
      // An index that was just found, a group that the pattern has: said with !, tested where it matters.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Sets that no screen reads are plain on purpose.
      'svelte/prefer-svelte-reactivity': 'off',
      // svelte-check knows more warnings than the linter does.
      'svelte/no-unused-svelte-ignore': 'off',
      // We serve every address from one folder: paths are plain.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  { files: ['static/**'], rules: { 'no-var': 'off' } },
);
