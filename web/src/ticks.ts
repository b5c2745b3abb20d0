/** A box that ticks or clears every box of a name in its form: [data-tick-all="name"]. Without scripts it is hidden. */
export function onTicks(): void {
  for (const all of document.querySelectorAll<HTMLInputElement>("input[data-tick-all]")) {
    all.hidden = false;
    const boxes = (): HTMLInputElement[] => [
      ...(all.form?.querySelectorAll<HTMLInputElement>(`input[name="${all.dataset["tickAll"]}"]`) ?? []),
    ];
    const follow = (): void => {
      const ticked = boxes().filter((box) => box.checked).length;
      all.checked = ticked > 0;
      all.indeterminate = ticked > 0 && ticked < boxes().length;
    };
    all.addEventListener("change", () => {
      for (const box of boxes()) box.checked = all.checked;
    });
    all.form?.addEventListener("change", (event) => event.target !== all && follow());
    follow();
  }
}
