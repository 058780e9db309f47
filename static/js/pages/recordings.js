// The list of recordings: ticking all; the page of chosen ones: all downloads at once.

const BETWEEN_MS = 400; // browsers drop downloads that are asked for at once

document.addEventListener("change", (event) => {
  if (!(event.target instanceof HTMLInputElement)) return;
  if (!("all" in event.target.dataset)) return;
  for (const tick of document.querySelectorAll("input.tick"))
    /** @type {HTMLInputElement} */ (tick).checked = event.target.checked;
});

/** @param {ParentNode} root without JavaScript these would do nothing */
function show(root) {
  for (const control of root.querySelectorAll("[data-all], [data-download-all]"))
    control.removeAttribute("hidden");
}

show(document);
document.addEventListener("htmx:afterSettle", () => show(document));

document.querySelector("[data-download-all]")?.addEventListener("click", () => {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = document.querySelectorAll("[data-file]");
  links.forEach((link, index) => setTimeout(() => link.click(), index * BETWEEN_MS));
});
