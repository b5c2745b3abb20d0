/** Buttons that show and hide a part of the page: [data-fold="id"] (a folded part) and [data-toggle="id"] (the menu,
 * rows kept back on a phone); [data-row-stones] shows a row's stones on a phone. */
export function onFolds(): void {
  document.addEventListener("click", (event) => {
    const row = (event.target as Element).closest<HTMLElement>("[data-row-stones]");
    if (row) row.setAttribute("aria-expanded", String(row.closest("tr")?.toggleAttribute("data-stones") ?? false));
    const button = (event.target as Element).closest<HTMLElement>("[data-fold], [data-toggle]");
    const id = button?.dataset["fold"] ?? button?.dataset["toggle"];
    const part = id ? document.getElementById(id) : null;
    if (!button || !part) return;
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    part.toggleAttribute(button.dataset["fold"] ? "data-folded" : "data-open", button.dataset["fold"] ? !open : open);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const button = document.querySelector<HTMLElement>('.menu-button[aria-expanded="true"]');
    if (button) {
      button.click();
      button.focus();
    } else if (document.activeElement instanceof HTMLElement && document.activeElement.closest(".stone")) {
      document.activeElement.blur(); // puts a stone's words away without moving the pointer
    }
  });
}
