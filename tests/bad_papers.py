"""Files that come into a folder of papers and are not as they should be: by name, and some hundred by chance."""

import hashlib
import io
import os
import random
import re
import zlib
from functools import cache

import pikepdf
import typst
from conftest import ROOT
from little_papers import little_papers
from test_text import FILLER, column, make_pdf

PAPERS = ROOT / "tests" / "papers"
SAMPLES = [path.read_bytes() for path in sorted(PAPERS.glob("*.pdf"))]
SAMPLE = SAMPLES[0]
# Of one and two pages.
SMALL = ["example/hartwig_2023", "example/osei_2018", "trials/brandt_2020", "trials/nakashima_2022"]
SMALL = [(PAPERS / f"{name}.pdf").read_bytes() for name in SMALL]
CRASH = r"exit code|was ended by|takes more than [0-9]+ s\b"  # what no reason says
# Of the papers that are damaged by chance. A wide run by hand: BAD_PAPERS_SEEDS="1 2 3 4" pytest tests/parsing
SEEDS = [int(seed) for seed in os.environ.get("BAD_PAPERS_SEEDS", "5").split()]


def edited(data, edit=lambda pdf: None, **settings):
    """A PDF as pikepdf saves it after an edit."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        edit(pdf)
        saved = io.BytesIO()
        # The /ID is made of the content and not drawn by lot; only an encrypted file needs a random one.
        pdf.save(saved, deterministic_id="encryption" not in settings, **settings)
    return saved.getvalue()


def plain(data):
    """A PDF with nothing compressed in it, so that damage reaches what it means and not only its compression."""
    level = pikepdf.StreamDecodeLevel.generalized
    mode = pikepdf.ObjectStreamMode.disable
    return edited(data, compress_streams=False, stream_decode_level=level, object_stream_mode=mode)


def encrypted(password):
    return edited(SAMPLE, encryption=pikepdf.Encryption(user=password, owner="the owner's", R=6))


def broken_table(data):
    """The place of the cross-reference table is wrong."""
    return data[: data.rindex(b"startxref")] + b"startxref\n7\n%%EOF\n"


def huge_page(pdf):
    pdf.pages[0].mediabox = [0, 0, 20_000, 20_000]


def without_unicode_maps(pdf):
    for found in pdf.objects:
        if isinstance(found, pikepdf.Dictionary) and "/ToUnicode" in found:
            del found.ToUnicode


def page_of(content, filters=(), forms=()):
    """A PDF of one page with this content stream, compressed as `filters` say; `forms` draw the next one twice each."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(600, 800))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    for body in forms:
        kind = {"Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Form, "BBox": [0, 0, 600, 800]}
        form = pikepdf.Stream(pdf, body, Resources=resources, **kind)
        resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font), XObject=pikepdf.Dictionary(X0=form))
    page.Resources = resources
    page.Contents = pikepdf.Stream(pdf, b"")
    page.Contents.write(content, filter=pikepdf.Array(list(map(pikepdf.Name, filters))))
    saved = io.BytesIO()
    level = pikepdf.StreamDecodeLevel.none
    pdf.save(saved, compress_streams=False, stream_decode_level=level, deterministic_id=True)
    return saved.getvalue()


def deflated(chunk, times):
    """A chunk, many times over, as compressed data, of which one chunk is compressed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + packed * times + b"\x03\x00"


def typeset(source, **settings):
    return typst.compile(source.encode(), **settings)


def scanned(data, pages):
    """The first pages of a PDF as a scanner would have them: each one picture."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as pdf:
        first, *others = (pdf[n].render(scale=200 / 72, grayscale=True).to_pil() for n in range(pages))
    scan = io.BytesIO()
    first.save(scan, "PDF", resolution=200, quality=80, save_all=True, append_images=others)
    return scan.getvalue()


def outlines(text):
    """A page whose letters are drawn as shapes: what the eye reads, and no text."""
    svg = typst.compile(f"#set page(width: 400pt, height: 100pt)\n{text}".encode(), format="svg")
    source = b'#set page(width: 420pt, height: 120pt)\n#image("page.svg")'
    return typst.compile({"main": source, "page.svg": svg})


FAMILIES = '#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"))\n'
HEBREW = "מספר המשתתפים בניסוי היה עשרים וארבעה אנשים בריאים"
# Drawn many times, it takes gigabytes in a second.
PICTURE = b"BI /W 256 /H 256 /BPC 8 /CS /G ID " + bytes(256 * 256) + b" EI"
TURNED = "Table 1 shows the rotation of each of the groups."


def long():
    return make_pdf(*[column(f"A report of many pages. Page {n}.") for n in range(2000)])


# What makes it, its status, and what its reason or its text says.
BY_NAME = {
    "zero bytes": (lambda: b"", "empty", "zero bytes"),
    "not a PDF": (lambda: b"<html>Please log in.</html>", "unreadable", "is not a PDF"),
    "only a header": (lambda: b"%PDF-1.7\n" + bytes(1000), "unreadable", "is damaged"),
    "broken cross-reference table": (lambda: broken_table(SAMPLE), "ok", "Abstract"),
    "junk before the header": (lambda: b"HTTP/1.1 200 OK\r\n\r\n" + SAMPLE, "ok", "Abstract"),
    "encrypted, opens without a password": (lambda: encrypted(""), "ok", "Abstract"),
    "encrypted with a password": (
        lambda: encrypted("secret"),
        "encrypted",
        "put a copy that opens without one in its place",
    ),
    "no pages": (make_pdf, "empty", "no pages"),
    "2,000 pages": (long, "ok", "Page 1999."),
    "2,000 full pages": (
        lambda: make_pdf(*[column(*[FILLER] * 45)] * 2000),
        "unreadable",
        "more than 2,000,000 characters",
    ),
    "a page of 20,000 by 20,000 points": (lambda: edited(make_pdf(column(FILLER)), huge_page), "ok", FILLER),
    "text as outlines": (lambda: outlines(FILLER), "needs_ocr", "`ocr: true`"),
    "a scan without a text layer": (lambda: scanned(SAMPLE, 2), "needs_ocr", "`ocr: true`"),
    "a scan with a cover": (lambda: make_pdf(column(FILLER), [], [], [], [], []), "needs_ocr", "Only 1 of 6 pages"),
    "a scan with stamps": (
        lambda: make_pdf(*[[(50, 20, 8, "Downloaded from journals.org on May 1")]] * 4),
        "needs_ocr",
        "0 of 4",
    ),
    "right to left": (lambda: typeset(FAMILIES + HEBREW), "ok", HEBREW),
    "rotated text": (lambda: typeset(f"{FILLER}\n#rotate(90deg, reflow: true)[{TURNED}]"), "ok", TURNED),
    "a font without a Unicode map": (lambda: edited(SAMPLE, without_unicode_maps), "ok", "Abstract"),
    "control characters": (
        lambda: make_pdf(column("A \x01 rotation \x07 of", FILLER)),
        "ok",
        "A \ufffd rotation \ufffd of",
    ),
    "soft hyphens": (
        lambda: typeset(f"{FAMILIES}{FILLER} The adap\u00adta\u00adtion was slow."),
        "ok",
        "The adaptation was slow.",
    ),
    "a decompression bomb": (
        lambda: page_of(deflated(b" " * 2**20, 1024), ["/FlateDecode"]),
        "unreadable",
        "more than 2 GiB of memory",
    ),
    "a bomb of forms": (
        lambda: page_of(b"/X0 Do", forms=[PICTURE] + [b"/X0 Do /X0 Do"] * 27),
        "unreadable",
        "GiB of m",
    ),
}


@cache
def by_name(name):
    """The bytes of one of BY_NAME, which are made once."""
    return BY_NAME[name][0]()


def _spans(dice, data, most=2000):
    start = dice.randrange(len(data))
    return start, min(len(data), start + dice.randrange(1, most))


def flipped(dice, data):
    data = bytearray(data)
    for _ in range(dice.choice([1, 10, 100])):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def cut_off(dice, data):
    return data[: dice.randrange(len(data))]


def beheaded(dice, data):
    return data[dice.randrange(len(data)) :]


def with_a_gap(dice, data):
    start, end = _spans(dice, data)
    return data[:start] + data[end:]


def with_a_repeat(dice, data):
    start, end = _spans(dice, data)
    return data[:end] + data[start:end] * dice.randrange(1, 20) + data[end:]


def with_junk(dice, data):
    start, end = _spans(dice, data)
    return data[:start] + dice.randbytes(end - start) + data[end:]


def with_wrong_numbers(dice, data):
    """Lengths, counts, places and sizes that are not so."""
    odd = [b"0", b"-1", b"1", b"65536", b"2147483648", b"99999999999999999999", b"1e999", b"nan"]
    share = dice.choice([0.001, 0.01, 0.1])
    return re.sub(rb"\d+", lambda m: dice.choice(odd) if dice.random() < share else m.group(), data)


def with_wrong_names(dice, data):
    """Keys of dictionaries and operators that changed their places."""
    names = re.findall(rb"/[A-Za-z]+|\b(?:Tj|TJ|Tf|Td|Do|cm|BT|ET|obj|endobj|stream)\b", data)
    return re.sub(re.escape(dice.choice(names)), lambda match: dice.choice(names), data, count=dice.choice([1, 50]))


def joined(dice, data):
    other = dice.choice(little_papers())
    return data[: dice.randrange(len(data))] + other[dice.randrange(len(other)) :]


MUTATIONS = [
    flipped,
    cut_off,
    beheaded,
    with_a_gap,
    with_a_repeat,
    with_junk,
    with_wrong_numbers,
    with_wrong_names,
    joined,
]


def by_chance(seeds=SEEDS):
    """{name: bytes}: mutated, truncated and concatenated papers, the same for the same seeds."""
    originals = [*little_papers(), *map(plain, little_papers())]
    return {
        f"{mutate.__name__} {number} {attempt} {seed}": mutate(dice, data)
        for seed in seeds
        for dice in [random.Random(seed)]
        for mutate in MUTATIONS
        for number, data in enumerate(originals)
        for attempt in range(4)
    }


def is_within(page, line):
    """Whether all numbers of a line are of its page."""
    left, bottom, right, top = line["box"]
    inside = 0 <= left <= right <= page["width"] and 0 <= bottom <= top <= page["height"]
    return inside and 0 < line["size"] <= max(page["width"], page["height"])


def sha256(data):
    return hashlib.sha256(data).hexdigest()
