// Buttons that open a dialog of the page (data-opens: its id), and close the one
// they are in (data-closes). Content that comes later works as well.

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const opener = /** @type {HTMLElement | null} */ (event.target.closest("[data-opens]"));
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens ?? "");
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
  }
  event.target.closest("[data-closes]")?.closest("dialog")?.close();
});
