// Sets the theme before the first paint. Without a choice the system decides.
(() => {
  let theme = null;
  try { theme = localStorage.getItem("theme"); } catch { /* storage is blocked */ }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
