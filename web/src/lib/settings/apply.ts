import { getLocale, setLocale } from '#lib/paraglide/runtime.js';

export type Theme = 'light' | 'dark' | 'system';
export type Language = 'ja' | 'en';

const key = 'irori-theme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

/** Shows the theme, and keeps it for the first paint of the next start (`src/early.js`). */
export function applyTheme(theme: Theme) {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Storage refused: the choice holds until the page is left.
  }
  show(theme);
}

/** The page loads anew when the language changes: every string and every list is then in it. */
export function applyLanguage(language: Language) {
  document.documentElement.lang = language;
  if (language !== getLocale()) void setLocale(language);
}

function show(theme: Theme) {
  const dark = theme === 'dark' || (theme === 'system' && systemIsDark.matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}

systemIsDark.addEventListener('change', () => {
  const kept = localStorage.getItem(key);
  show(kept === 'light' || kept === 'dark' ? kept : 'system');
});
