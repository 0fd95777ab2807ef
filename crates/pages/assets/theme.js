// Sets the theme before the first paint; without a choice the system decides. Shows what only scripts
// can do from the start, so that nothing moves later.
(() => {
  document.documentElement.dataset.js = "";
  let theme = null;
  try { theme = localStorage.getItem("theme"); } catch { /* storage is blocked */ }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
