export type Theme = 'light' | 'dark';

const KEY = 'tidemark-theme';

export const currentTheme = (): Theme => {
  const set = document.documentElement.dataset.theme;
  if (set === 'light' || set === 'dark') return set;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
};

/** Sets and remembers the reader's choice; where nothing can be remembered it lasts as long as the page. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage is refused: the choice is not remembered.
  }
}
