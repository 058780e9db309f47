"""What axe finds on a page, in either theme (WCAG 2.2 A and AA, best practice), and
what does not fit the narrowest of screens."""

from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page, ViewportSize

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SETTLED = """async () => {
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().map((one) => one.finished));
}"""
RUN = """axe.run(document, {resultTypes: ["violations"], runOnly: [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice",
]})"""
CONTRAST = """axe.run(document, {
    resultTypes: ["violations"], runOnly: ["color-contrast"],
})"""
NARROW: ViewportSize = {"width": 320, "height": 640}  # WCAG 1.4.10, Reflow
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
CUT = """[...document.querySelectorAll(".data-row > *")]
    .filter((cell) => cell.scrollHeight > cell.clientHeight
        || cell.scrollWidth > cell.clientWidth)
    .map((cell) => `cut: ${cell.textContent.trim()}`)"""


def violations(page: Page) -> list[str]:
    """In the light theme, then in the dark one."""
    found: list[dict[str, Any]] = []
    load_axe(page)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found += run(page, RUN)
    return [*broken(found), *sideways(page)]


def violations_in_admin(page: Page) -> list[str]:
    """Its frame asks for the theme once, as a page comes; then it is a class."""
    load_axe(page)
    found = run(page, RUN)
    page.evaluate("document.documentElement.classList.add('dark')")
    found += run(page, CONTRAST)
    return [*broken(found), *sideways(page)]


def violations_as_it_is(page: Page) -> list[str]:
    """In one theme and one size."""
    load_axe(page)
    return [*broken(run(page, RUN)), *misfits(page)]


def load_axe(page: Page) -> None:
    assert AXE.exists(), "npm ci has not run; make test does it"
    page.evaluate(AXE.read_text())


def run(page: Page, what: str) -> list[dict[str, Any]]:
    page.evaluate(SETTLED)  # colours on their way have a contrast of their own
    found: list[dict[str, Any]] = page.evaluate(what)["violations"]
    return found


def broken(rules: list[dict[str, Any]]) -> list[str]:
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in rules]


def sideways(page: Page) -> list[str]:
    usual = page.viewport_size
    page.set_viewport_size(NARROW)
    page.evaluate(SETTLED)
    found = misfits(page)
    if usual is not None:
        page.set_viewport_size(usual)
    return found


def misfits(page: Page) -> list[str]:
    too_wide = page.evaluate(TOO_WIDE)
    cut: list[str] = page.evaluate(CUT)  # in lists of the admin
    return [f"{too_wide} px too wide", *cut] if too_wide > 0 else cut
