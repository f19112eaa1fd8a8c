"""The straight lines and the drawings of a page, from its path and image objects."""

import ctypes
from collections.abc import Callable
from itertools import repeat
from math import isfinite
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from designspace.parsing.calls import (
    bounds,
    count_objects,
    count_segments,
    draw_mode,
    form_object,
    object_matrix,
    object_type,
    page_object,
    path_segment,
    segment_closes,
    segment_point,
    segment_type,
    stroke_width,
)

Box = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]

MOST_OBJECTS = 20_000  # objects of a page that are looked at
MOST_SEGMENTS = 40_000  # segments of its paths
FEWEST_OF_A_SHAPE = 8  # segments; parts of dashed lines and cells have fewer
MOST_OF_A_PATH = 4_000  # a path of more segments is a drawing
DEEPEST = 5  # forms within forms
THIN = 3.0  # points: a filled shape that is not thicker is a line
BROAD = 6.0  # points: a stroke that is broader is an area
SHORTEST = 2.0  # points of a line
STRAIGHT = 0.7  # points by which a line may deviate
_TEXT = pdfium.FPDF_PAGEOBJ_TEXT
IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Paths:
    """`rules`: (box, drawn) of straight lines, and with `drawn` false of edges of filled areas; `drawings`: boxes.

    Boxes are those of the page's own space: left, bottom, right, top.
    """

    def __init__(self, most_paths: int = MOST_OBJECTS, smallest: float = 0.0) -> None:
        """With more than `most_paths` paths on a page, those that follow are left out, and so are shapes that are
        `smallest` points wide and high at most: letters and the points of a figure."""
        self.rules: list[tuple[Box, bool]] = []
        self.drawings: list[Box] = []
        self._objects, self._segments, self._done = MOST_OBJECTS, MOST_SEGMENTS, False
        self._paths, self._smallest = most_paths, smallest

    def read(self, page: pypdfium2.PdfPage) -> None:
        """Read the page's objects, the first time."""
        if not self._done:
            self._done = True
            self._read_objects(page_object, page.raw, pdfium.FPDFPage_CountObjects(page), IDENTITY, 0)

    def _read_objects(self, item_of: Callable[..., Any], owner: Any, count: int, matrix: Matrix, depth: int) -> None:
        """Read the objects of a page or a form, as many as may still be read."""
        count = min(count, self._objects)
        self._objects -= count
        items = list(map(item_of, repeat(owner), range(count)))
        kinds = list(map(object_type, items))
        if kinds.count(_TEXT) == count:
            return
        for item, kind in zip(items, kinds, strict=True):
            if kind != _TEXT:
                self._read_object(ctypes.c_void_p(item), kind, matrix, depth)
                if self._paths < 0:
                    return

    def _read_object(self, item: ctypes.c_void_p, kind: int, matrix: Matrix, depth: int) -> None:
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._paths -= 1
            if self._paths < 0:
                return
            self._read_path(item, _product(_matrix(item), matrix))
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            if box := bounds(item):
                left, bottom, right, top = box
                self._add_shape([_apply(matrix, x, y) for x in (left, right) for y in (bottom, top)], False)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
            inner = _product(_matrix(item), matrix)
            self._read_objects(form_object, item, count_objects(item), inner, depth + 1)

    def _read_path(self, path: ctypes.c_void_p, matrix: Matrix) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        draw_mode(path, ctypes.byref(fill), ctypes.byref(stroke))
        if not (fill.value or stroke.value):
            return
        count = count_segments(path)
        if count > min(MOST_OF_A_PATH, self._segments):
            self.drawings += [box] if (box := bounds(path)) else []
            return
        if self._smallest and count > FEWEST_OF_A_SHAPE:
            left, bottom, right, top = bounds(path) or (0.0, 0.0, 0.0, 0.0)
            if max(right - left, top - bottom) <= self._smallest:
                return
        self._segments -= count
        half = _stroke_width(path, matrix) / 2 if stroke.value else 0.0
        for points, curved in _subpaths(path, count, matrix):
            if curved:
                self.drawings.append(_bounds(points))
            elif stroke.value:
                for begin, end in zip(points, points[1:], strict=False):
                    self._add_line(begin, end, half)
            else:
                self._add_shape(points, True)

    def _add_line(self, begin: Point, end: Point, half: float) -> None:
        """A line, and half of its width: a broad one is an area, as a band of shading behind a row is."""
        box = x0, y0, x1, y1 = _bounds([begin, end])
        thin, long = sorted((x1 - x0, y1 - y0))
        if thin > STRAIGHT:
            self.drawings.append(box)
        elif BROAD < 2 * half < long:
            across, up = (0.0, half) if x1 - x0 > y1 - y0 else (half, 0.0)
            self._add_shape([(x0 - across, y0 - up), (x1 + across, y1 + up)], True)
        elif long >= SHORTEST:
            self.rules.append((box, True))

    def _add_shape(self, points: list[Point], filled: bool) -> None:
        """A filled area or an image: a line if it is thin, edges if it is an upright rectangle, else a drawing."""
        box = x0, y0, x1, y1 = _bounds(points)
        thin, long = sorted((x1 - x0, y1 - y0))
        if thin <= THIN:
            if long >= max(SHORTEST, 2 * thin):
                self.rules.append((box, True))
        elif filled and all(
            min(abs(x - x0), abs(x - x1)) < STRAIGHT and min(abs(y - y0), abs(y - y1)) < STRAIGHT for x, y in points
        ):
            for edge in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
                self.rules.append((edge, False))
        else:
            self.drawings.append(box)


def _subpaths(path: ctypes.c_void_p, count: int, matrix: Matrix) -> list[tuple[list[Point], bool]]:
    """The subpaths of a path as their points on the page and whether they have curves."""
    x, y, found, curved = ctypes.c_float(), ctypes.c_float(), [], False
    x_pointer, y_pointer = ctypes.byref(x), ctypes.byref(y)
    a, b, c, d, e, f = matrix
    points: list[Point] = []
    for index in range(count):
        segment = path_segment(path, index)
        kind = segment_type(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                found.append((points, curved))
            points, curved = [], False
        segment_point(segment, x_pointer, y_pointer)
        along, up = x.value, y.value
        point = a * along + c * up + e, b * along + d * up + f
        if not isfinite(point[0] + point[1]):
            return []
        points.append(point)
        curved = curved or kind == pdfium.FPDF_SEGMENT_BEZIERTO
        if segment_closes(segment) and points[0] != point:
            points.append(points[0])
    if len(points) > 1:
        found.append((points, curved))
    return found


def _stroke_width(path: ctypes.c_void_p, matrix: Matrix) -> float:
    """How broad the strokes of a path are on the page."""
    width = ctypes.c_float()
    if not stroke_width(path, ctypes.byref(width)) or not isfinite(width.value):
        return 0.0
    a, b, c, d, *_ = matrix
    return float(width.value * abs(a * d - b * c) ** 0.5)


def _matrix(item: ctypes.c_void_p) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    object_matrix(item, ctypes.byref(matrix))
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _product(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    return (*_apply_vector(then, a, b), *_apply_vector(then, c, d), *_apply(then, e, f))


def _apply_vector(matrix: Matrix, x: float, y: float) -> Point:
    return matrix[0] * x + matrix[2] * y, matrix[1] * x + matrix[3] * y


def _apply(matrix: Matrix, x: float, y: float) -> Point:
    along, across = _apply_vector(matrix, x, y)
    return along + matrix[4], across + matrix[5]


def _bounds(points: list[Point]) -> Box:
    across, up = [x for x, _ in points], [y for _, y in points]
    return min(across), min(up), max(across), max(up)
