// Runs before the first paint, so that a dark choice never flashes white. A file of its own, kept for good.
(function () {
  var theme = null;
  var language = null;
  try {
    theme = localStorage.getItem('irori-theme');
    language = localStorage.getItem('irori-language');
  } catch (_) {
    // Storage may be refused: then the system's own choice holds.
  }
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  document.documentElement.lang = language === 'en' ? 'en' : 'ja';
})();
