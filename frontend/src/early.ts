// Runs before the first paint: a theme the visitor chose, else the system's, so that nothing flashes.
const chosen = document.cookie.match(/(?:^|; )tinh_theme=(light|dark)/)?.[1];
const system = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;
const apply = (): void => {
  root.dataset["theme"] = chosen ?? (system.matches ? "dark" : "light");
};
apply();
system.addEventListener("change", apply);
root.classList.add("js");
