/* Runs before the page is painted: the theme of the system where the person chose none, and the rail
   as it was left on this computer. */
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if (root.dataset.theme === "system") root.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  follow();
  dark.addEventListener("change", follow);
  try {
    root.dataset.rail = localStorage.getItem("rail") || "open";
  } catch {
    root.dataset.rail = "open";
  }
})();
