/**
 * Drafts: what someone writes on a form with data-draft="key" is sent to data-draft-url a moment after the last key,
 * and once more when the page is left. Photos and the form's own tokens are not part of it. Without scripts the
 * button "Save draft" does the same. A note beside the button ([data-draft-note]) says when it was kept.
 */
const PAUSE = 1500; // milliseconds after the last change
const OWN = new Set(["csrfmiddlewaretoken", "draft", "uid", "version", "next"]);

/** What is sent: the key, the page's token, and every field but files. */
function content(form: HTMLFormElement): FormData {
  const body = new FormData();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  body.set("draft", form.dataset["draft"] ?? "");
  return body;
}

/** What the person can see changing, to tell whether there is anything new to keep. */
function said(form: HTMLFormElement): string {
  return JSON.stringify([...content(form)].filter(([name]) => !OWN.has(name)));
}

function follow(form: HTMLFormElement): void {
  let kept = said(form);
  let timer = 0;
  const note = form.querySelector<HTMLElement>("[data-draft-note]");
  const url = form.dataset["draftUrl"] ?? "";
  const keep = async (): Promise<void> => {
    const now = said(form);
    if (now === kept || form.hasAttribute("data-sent")) return;
    try {
      const answer = await fetch(url, { method: "POST", body: content(form), headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      kept = now;
      if (note) note.textContent = ((await answer.json()) as { words: string }).words;
    } catch {
      if (note) note.textContent = note.dataset["failed"] ?? "";
    }
  };
  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void keep(), PAUSE);
  });
  window.addEventListener("pagehide", () => {
    if (said(form) !== kept && !form.hasAttribute("data-sent")) navigator.sendBeacon(url, content(form));
  });
}

/** Follow every form of the page that has a draft. */
export function onDrafts(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-draft]")) follow(form);
}
