/** The standard's tree: a flat table whose rows carry data-depth; a row is folded while any ancestor is closed. */

const button = (row: Element): HTMLButtonElement | null => row.querySelector<HTMLButtonElement>("[data-branch]");
const isOpen = (row: Element): boolean => button(row)?.getAttribute("aria-expanded") === "true";
const depth = (row: HTMLElement): number => Number(row.dataset["depth"]);

/** Fold and unfold rows so that they agree with the buttons, in one pass over the table. */
function refresh(table: HTMLElement): void {
  let closedAt = Infinity; // depth of the nearest closed ancestor
  for (const row of table.querySelectorAll<HTMLElement>("tbody > tr")) {
    const at = depth(row);
    if (at <= closedAt) closedAt = Infinity;
    row.toggleAttribute("data-folded", at > closedAt);
    if (closedAt === Infinity && button(row) && !isOpen(row)) closedAt = at;
  }
}

function setOpen(row: Element, open: boolean): void {
  button(row)?.setAttribute("aria-expanded", String(open));
}

/** Open the ancestors of a row and bring it into view. */
function reveal(table: HTMLElement, row: HTMLElement): void {
  let level = depth(row);
  for (let above = row.previousElementSibling as HTMLElement | null; above && level > 0; ) {
    if (depth(above) < level) {
      setOpen(above, true);
      level = depth(above);
    }
    above = above.previousElementSibling as HTMLElement | null;
  }
  refresh(table);
  row.scrollIntoView({ block: "center" });
}

function onKey(table: HTMLElement, event: KeyboardEvent): void {
  const row = (event.target as Element).closest<HTMLElement>("tr");
  const from = row && button(row);
  if (!row || !from || event.target !== from) return;
  const visible = [...table.querySelectorAll<HTMLElement>("tbody > tr:not([data-folded])")].filter(button);
  const here = visible.indexOf(row);
  let next: HTMLElement | undefined;
  if (event.key === "ArrowDown") next = visible[here + 1];
  else if (event.key === "ArrowUp") next = visible[here - 1];
  else if (event.key === "ArrowRight" && !isOpen(row)) setOpen(row, true);
  else if (event.key === "ArrowLeft" && isOpen(row)) setOpen(row, false);
  else if (event.key === "ArrowLeft") next = visible.slice(0, here).reverse().find((above) => depth(above) < depth(row));
  else return;
  event.preventDefault();
  refresh(table);
  if (next) button(next)?.focus();
}

/** Start every [data-tree] table of the page. */
export function onTrees(): void {
  for (const table of document.querySelectorAll<HTMLElement>("[data-tree]")) {
    table.addEventListener("click", (event) => {
      const pressed = (event.target as Element).closest("[data-branch]");
      const row = pressed?.closest("tr");
      if (!row) return;
      setOpen(row, !isOpen(row));
      refresh(table);
    });
    table.addEventListener("keydown", (event) => onKey(table, event));
    for (const tool of document.querySelectorAll<HTMLElement>(`[data-tree-tools="${table.id}"] [data-tree-all]`)) {
      tool.addEventListener("click", () => {
        for (const row of table.querySelectorAll("tbody > tr")) setOpen(row, tool.dataset["treeAll"] === "open");
        refresh(table);
      });
    }
    const follow = (): void => {
      const row = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
      if (row && table.contains(row)) reveal(table, row);
    };
    window.addEventListener("hashchange", follow);
    follow();
  }
}
