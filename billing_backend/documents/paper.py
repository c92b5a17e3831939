"""What is a sheet of a document: its fonts, header and footer, and how words are put on it?"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, time
from pathlib import Path

from fpdf import FPDF, XPos, YPos
from fpdf.enums import Align, MethodReturnValue
from fpdf.fonts import TTFFont

from billing_backend.documents import texts
from billing_backend.documents.values import Document
from billing_backend.money import Money

MARGIN, WIDTH = 16.0, 178.0  # millimetres
INK, SOFT, LINE = (22, 35, 46), (86, 100, 111), (208, 217, 222)
ACCENT, TINT = (11, 110, 105), (233, 243, 242)
_FONTS = Path(__file__).with_name("fonts")
_FOOT = 22.0


class Paper(FPDF):
    """Sheets with the document's header, footer and fonts."""

    def __init__(self, document: Document) -> None:
        super().__init__(format="A4")
        self._document = document
        self.language = document.language
        self.add_font("Roboto", "", _FONTS / "Roboto-Regular.ttf")
        self.add_font("Roboto", "B", _FONTS / "Roboto-Medium.ttf")
        font = self.fonts["roboto"]
        assert isinstance(font, TTFFont)
        self._letters = set(font.cmap)
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, margin=_FOOT)
        self.set_title(f"{self.text_of('title', document.kind)} {document.number}")
        self.set_author(document.seller.name)
        self.set_lang(document.language)
        self.set_creation_date(datetime.combine(document.issued_on, time(), UTC))

    # --- what stands on every page ---

    def header(self) -> None:
        """Only from the second page on; the first has its title."""
        if self.page_no() == 1:
            return
        title = self.text_of("title", self._document.kind)
        self.style(8, soft=True)
        words = self.label("continued", title=title, number=self._document.number)
        self.put(WIDTH / 2, 5, self._document.seller.name)
        self.put(WIDTH / 2, 5, words, align=Align.R, last=True)
        self.rule()
        self.ln(3)

    def footer(self) -> None:
        seller = self._document.seller
        self.set_y(-_FOOT + 6)
        self.rule()
        self.ln(1.5)
        self.style(7, soft=True)
        legal = [seller.name, seller.tax_id, seller.registration]
        if seller.capital:
            legal.append(f"{self.label('capital')} {seller.capital}")
        self.put(WIDTH - 40, 4, " · ".join(legal))
        page = self.label("page", page=self.page_no(), pages="{nb}")
        # The number that takes the place of {nb} is narrower.
        narrower = self.get_string_width("{nb}") - self.get_string_width("0")
        self.put(40 + narrower, 4, page, align=Align.R, last=True)
        self.put(WIDTH, 4, " · ".join(filter(None, (seller.website, seller.email, seller.phone))))

    # --- drawing ---

    def text_of(self, family: str, name: str, **values: object) -> str:
        return texts.text(family, name, self.language, **values)

    def label(self, name: str, **values: object) -> str:
        return self.text_of("label", name, **values)

    def money(self, amount: Money) -> str:
        return texts.money(amount, self.language)

    def style(self, size: float, *, bold: bool = False, soft: bool = False) -> None:
        self.set_font("Roboto", "B" if bold else "", size)
        self.set_text_color(*(SOFT if soft else INK))

    def put(
        self, width: float, height: float, words: str, *, align: Align = Align.L, last: bool = False
    ) -> None:
        """Words in one line; what does not fit ends in an ellipsis."""
        shown = self.fitted(self.printable(words), width)
        if last:
            self.cell(width, height, shown, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        else:
            self.cell(width, height, shown, align=align, new_x=XPos.RIGHT, new_y=YPos.TOP)

    def paragraph(self, width: float, height: float, words: str) -> None:
        """Words in as many lines as they need; goes on below, at the same left."""
        self.multi_cell(
            width, height, self.printable(words), align=Align.L, new_x=XPos.LEFT, new_y=YPos.NEXT
        )

    def lines_of(self, width: float, words: str) -> int:
        """How many lines a paragraph of these words takes."""
        lines = self.multi_cell(width, 1, words, dry_run=True, output=MethodReturnValue.LINES)
        assert isinstance(lines, list)
        return len(lines)

    def accent(self) -> None:
        self.set_text_color(*ACCENT)

    def rule(self, *, strong: bool = False) -> None:
        self.set_draw_color(*(ACCENT if strong else LINE))
        self.set_line_width(0.5 if strong else 0.2)
        self.line(MARGIN, self.get_y(), MARGIN + WIDTH, self.get_y())

    def printable(self, words: str) -> str:
        """What the font has; other letters without their marks, or as a question mark."""
        return "".join(self._letter(each) for each in unicodedata.normalize("NFC", words))

    def fitted(self, words: str, width: float) -> str:
        room = width - 2 * self.c_margin
        if self.get_string_width(words) <= room:
            return words
        while words and self.get_string_width(f"{words}…") > room:
            words = words[:-1]
        return f"{words.rstrip()}…"

    def _letter(self, letter: str) -> str:
        if ord(letter) in self._letters:
            return letter
        bare = [
            each for each in unicodedata.normalize("NFKD", letter) if ord(each) in self._letters
        ]
        return "".join(bare) or "?"
