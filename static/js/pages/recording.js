// A recording's page: buttons that open its dialogs (data-opens: the dialog's id).

import "../ui/copy-link.js";
import { watchExportForm } from "./export-form.js";

for (const button of document.querySelectorAll("[data-opens]")) {
  button.addEventListener("click", () => {
    const id = /** @type {HTMLElement} */ (button).dataset.opens ?? "";
    /** @type {HTMLDialogElement | null} */ (document.getElementById(id))?.showModal();
  });
}
for (const button of document.querySelectorAll("[data-closes]")) {
  button.addEventListener("click", () => button.closest("dialog")?.close());
}

const form = document.getElementById("make");
if (form) watchExportForm(/** @type {HTMLFormElement} */ (form));
