"""What leaves a wall: its map as a PNG, and the sheet that it prints."""

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page

PRINTED = """() => new Promise((resolve) => {
  window.print = () => {
    const sheet = document.getElementById('sheet');
    const image = sheet.querySelector('img');
    resolve({ text: sheet.textContent, theme: document.documentElement.dataset.theme,
      legend: sheet.querySelectorAll('wall-legend .scale i, wall-legend .named i').length,
      width: image.naturalWidth, mark: sheet.querySelector('.mark')?.textContent ?? '' });
    dispatchEvent(new Event('afterprint'));
  };
  dispatchEvent(new KeyboardEvent('keydown', { key: 'p' }));
})"""
"""Prints without a printer: what stands on the sheet at that moment."""


def printed(page: Page) -> dict[str, Any]:
    """The sheet that the key P prints."""
    found: dict[str, Any] = page.evaluate(PRINTED)
    return found


def picture(page: Page) -> tuple[str, Image.Image]:
    """The name and the picture that the key C saves."""
    with page.expect_download() as coming:
        page.keyboard.press("c")
    saved = coming.value
    return saved.suggested_filename, Image.open(BytesIO(Path(saved.path()).read_bytes()))


def color_of(page: Page, token: str) -> tuple[int, ...]:
    """A design token in force as red, green, blue."""
    text: str = page.evaluate(
        "(name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()", token
    )
    return tuple(int(text[i : i + 2], 16) for i in (1, 3, 5))
