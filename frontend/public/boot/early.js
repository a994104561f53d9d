// Before the first paint: the language and the theme that state/preferences.rs is going to choose.
(() => {
  const root = document.documentElement;
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const language = read("nq57-language") ?? navigator.language.split("-")[0].toLowerCase();
  if (language === "en") root.lang = language;
  const theme = read("nq57-theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
})();
