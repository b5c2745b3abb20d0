/**
 * A checklist to answer: the part for a fault unfolds when a fault is chosen, and the bar below counts what is
 * answered. A second press on the chosen answer takes it back.
 */
export function onVisits(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-visit]")) follow(form);
}

function answered(item: Element): boolean {
  if (item.querySelector("input[type=radio]:checked")) return true;
  return [...item.querySelectorAll<HTMLInputElement>(".ask-number input")].some((field) => field.value.trim() !== "");
}

function follow(form: HTMLFormElement): void {
  const items = [...form.querySelectorAll("[data-ask]")];
  const count = form.querySelector("[data-answered]");
  const tell = (): void => {
    if (count) count.textContent = String(items.filter(answered).length);
  };
  form.addEventListener("change", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.type === "radio") {
      const fault = field.closest("[data-ask]")?.querySelector<HTMLDetailsElement>("[data-fault]");
      if (fault && field.value === "fail") fault.open = true;
    }
    tell();
  });
  form.addEventListener("input", tell);
  // A radio that is on cannot be turned off by itself; people press it once more.
  let before: HTMLInputElement | null = null;
  form.addEventListener("pointerdown", (event) => {
    const field = (event.target as Element).closest("label")?.querySelector<HTMLInputElement>("input[type=radio]");
    before = field?.checked ? field : null;
  });
  form.addEventListener("click", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.type !== "radio" || field !== before) return;
    before = null;
    field.checked = false;
    form.dispatchEvent(new Event("input", { bubbles: true }));
    tell();
  });
  tell();
}
