"""How somebody works a page: with a mouse, or with nothing but a keyboard, seeing at each step where the focus is."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page

# Tab stops between two places of a page; more is a trap, or a page that cannot be used without a mouse.
FAR = 150
FOCUSED = """(wanted) => {
    const one = document.activeElement;
    if (one === wanted) return "here";
    if (one === null || one === document.body) return "";
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    const clear = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
    return clear && inside ? "" : `no visible focus (${style.outline}, ${Math.round(box.top)}): ${one.outerHTML.slice(0, 120)}`;
}"""


class Mouse:
    """Points and clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, what: Locator) -> None:
        what.first.click()

    def tick(self, what: Locator) -> None:
        what.first.check()

    def write(self, where: Locator, text: str) -> None:
        where.first.fill(text)

    def choose(self, where: Locator, file: Path) -> None:
        where.first.set_input_files(file)

    def download(self, what: Locator) -> Path:
        with self.page.expect_download() as waiting:
            self.press(what)
        return Path(waiting.value.path())


class Keyboard(Mouse):
    """Knows Tab, Enter, the space bar and letters."""

    def reach(self, what: Locator) -> None:
        """Go to an element by Tab alone; every stop on the way shows itself."""
        what.first.wait_for()
        wanted = what.first.element_handle()
        for _ in range(FAR):
            found = self.page.evaluate(FOCUSED, wanted)
            if found == "here":
                problem = self.page.evaluate(FOCUSED, None)
                assert not problem, f"{self.page.url}: {problem}"
                return
            assert not found, f"{self.page.url}: {found}"
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: {what} is out of a keyboard's reach")

    def press(self, what: Locator) -> None:
        self.reach(what)
        self.page.keyboard.press("Enter")

    def tick(self, what: Locator) -> None:
        self.reach(what)
        self.page.keyboard.press("Space")

    def write(self, where: Locator, text: str) -> None:
        self.reach(where)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, where: Locator, file: Path) -> None:
        self.reach(where)
        with self.page.expect_file_chooser() as waiting:
            self.page.keyboard.press("Enter")
        waiting.value.set_files(file)

    def skip(self) -> None:
        """Use the page's first stop, the link past the menus."""
        self.page.keyboard.press("Tab")
        assert self.page.evaluate("document.activeElement.matches('.skip')"), self.page.url
        assert not self.page.evaluate(FOCUSED, None)
        self.page.keyboard.press("Enter")
        assert re.search(r"#main$", self.page.url)
