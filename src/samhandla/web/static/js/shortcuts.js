// [data-shortcut="1"]: pressing that key presses the element. Keys work inside the nearest
// [data-shortcut-scope] that has the focus, else in the first of the page. They can be turned off.
(() => {
  const STORE = "samhandla-kortkommandon";
  const off = () => localStorage.getItem(STORE) === "av";
  const writing = (element) => element?.closest("input:not([type=radio],[type=checkbox]), textarea, select, [contenteditable]");

  const find = (key) => {
    const wanted = `[data-shortcut="${CSS.escape(key)}"]:not([disabled])`;
    const scope = document.activeElement?.closest("[data-shortcut-scope]") ?? document.querySelector("[data-shortcut-scope]");
    return scope?.querySelector(wanted) ?? document.querySelector(wanted);
  };

  const show = () => {
    document.documentElement.classList.toggle("shortcuts-off", off());
    for (const button of document.querySelectorAll("[data-shortcuts-toggle]")) {
      button.textContent = off() ? button.dataset.on : button.dataset.off;
    }
  };

  document.addEventListener("keydown", (event) => {
    if (off() || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.defaultPrevented) return;
    if (event.key.length !== 1 || event.key === " " || writing(document.activeElement)) return;
    const element = find(event.key.toLowerCase());
    if (!element) return;
    event.preventDefault();
    element.focus();
    element.click();
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-shortcuts-toggle]")) return;
    localStorage.setItem(STORE, off() ? "på" : "av");
    show();
  });
  show();
  document.addEventListener("htmx:afterSettle", show);
})();
