"""Rows as pandas and geopandas frames, which come with the extra ``frames``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from orgraph.errors import InputError
from orgraph.findings import Json

if TYPE_CHECKING:
    import geopandas
    import pandas

WGS84 = "EPSG:4326"


def frame(rows: Sequence[Mapping[str, Json]]) -> pandas.DataFrame:
    """Return the rows as a frame.

    Raises
    ------
    InputError
        When pandas is not installed.
    """
    return _needed("pandas").DataFrame(list(rows))


def geodataframe(rows: Sequence[Mapping[str, Json]], geometries: Sequence[str]) -> geopandas.GeoDataFrame:
    """Return the rows with their GeoJSON geometries, WGS-84.

    Raises
    ------
    InputError
        When geopandas is not installed, or no row has a geometry.
    """
    if not any(geometries):
        raise InputError("no_geometry")
    shape = _needed("shapely.geometry").shape
    shapes = [shape(json.loads(text)) if text else None for text in geometries]
    return _needed("geopandas").GeoDataFrame(list(rows), geometry=shapes, crs=WGS84)


def _needed(package: str) -> ModuleType:
    try:
        return import_module(package)
    except ModuleNotFoundError as missing:
        raise InputError("extra_missing", package=package.partition(".")[0], extra="frames") from missing
