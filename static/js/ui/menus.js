// Menus that are <details>: they close by Escape, and when attention goes elsewhere.

/** @returns {NodeListOf<HTMLDetailsElement>} */
const open = () => document.querySelectorAll("details:has(> .menu)[open]");

document.addEventListener("click", (event) => {
  for (const menu of open())
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
});

document.addEventListener("focusin", (event) => {
  for (const menu of open())
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});
