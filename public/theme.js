// Before the first picture: the theme that the reader chose last. A classic script, so that it runs before the page is drawn.
(function () {
  try {
    var theme = localStorage.getItem('tidemark-theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is refused: the system's choice holds.
  }
})();
