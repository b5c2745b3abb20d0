/** Buttons that copy words, and that print. Without https a browser has no clipboard to write to, so a field is copied from. */
export function onCopying(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("[data-copy], [data-copy-from], [data-print]");
    if (!button) return;
    if (button.hasAttribute("data-print")) {
      window.print();
      return;
    }
    const field = document.querySelector<HTMLTextAreaElement>(button.dataset.copyFrom ?? "");
    void copy(field?.value ?? button.dataset.copy ?? "").then((done) => {
      if (done) say(button);
      else field?.select();
    });
  });
}

async function copy(words: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = words;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    // The only way left where the page came by http.
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

function say(button: HTMLButtonElement): void {
  const words = button.textContent;
  button.textContent = button.dataset.copied ?? words;
  window.setTimeout(() => (button.textContent = words), 2500);
}
