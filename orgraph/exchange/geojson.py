"""Read GeoJSON: polygons by code, in WGS-84, mended where a ring crosses itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from orgraph.exchange.source import TextFile
from orgraph.findings import Finding, Json, Place, Severity

_AREAS = frozenset({"Polygon", "MultiPolygon"})
_CRS_WORDS = re.compile(r"crs:?84|4326|4490|wgs_?-?\s?84|cgcs_?2000", re.IGNORECASE)
_CODE_NAMES = ("code", "代码", "CODE", "Code", "区划代码")


@dataclass(frozen=True, slots=True)
class Area:
    """One polygon or multipolygon: its unit's code, its feature's number from 1, the other properties."""

    code: str
    number: int
    shape: BaseGeometry
    properties: Mapping[str, Json]

    @property
    def document(self) -> str:
        """Return it as GeoJSON text."""
        return json.dumps(mapping(self.shape), separators=(",", ":"))


@dataclass
class Areas:
    """All areas of one file, and everything found."""

    name: str
    areas: list[Area] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)
    multipart: list[str] = field(default_factory=list)

    def add(
        self,
        code: str,
        number: int = 0,
        *,
        subject: str = "",
        numbers: Mapping[str, Json] | None = None,
        warn: bool = False,
    ) -> None:
        """Add a finding; ``number`` is the feature's number from 1, given as its row."""
        about: dict[str, Json] = {"file": self.name, "number": number, "code": subject, **(numbers or {})}
        severity = Severity.WARNING if warn else Severity.ERROR
        subjects = (subject,) if subject else ()
        self.findings.append(Finding(f"exchange.{code}", severity, subjects, Place(self.name, number), about))


def read_geojson(file: TextFile) -> Areas:
    """Return every area of a feature collection, with every finding."""
    found = Areas(file.name)
    for number, feature in enumerate(_features(file, found), start=1):
        _read_feature(found, number, feature)
    if found.multipart:
        numbers: dict[str, Json] = {"num_units": len(found.multipart), "named": [*found.multipart]}
        about = {"file": found.name, **numbers}
        place = Place(found.name)
        found.findings.append(
            Finding("exchange.geometry_multipart", Severity.WARNING, tuple(found.multipart), place, about)
        )
    return found


def _features(file: TextFile, found: Areas) -> Iterator[Json]:
    try:
        document: Json = json.loads(file.text())
    except json.JSONDecodeError as error:
        found.add("json_broken", error.lineno, numbers={"line": error.lineno, "char": error.colno})
        return
    except RecursionError:
        found.add("json_broken", numbers={"line": 1, "char": 1})
        return
    features = document.get("features") if isinstance(document, dict) else None
    if (
        not isinstance(document, dict)
        or document.get("type") != "FeatureCollection"
        or not isinstance(features, list)
    ):
        found.add("geojson_no_collection")
        return
    if (crs := document.get("crs")) is not None and not _CRS_WORDS.search(json.dumps(crs)):
        found.add("crs_unsupported", numbers={"crs": _crs_name(crs)})
        return
    if not features:
        found.add("no_rows", warn=True)
    yield from features


def _crs_name(crs: Json) -> str:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return str(properties.get("name") if isinstance(properties, dict) else crs)[:80]


def _read_feature(found: Areas, number: int, feature: Json) -> None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    properties = properties if isinstance(properties, dict) else {}
    code = next((_code(properties[n]) for n in _CODE_NAMES if n in properties), "")
    if not code:
        return found.add("geometry_without_code", number)
    if code in found.codes:
        return found.add("geometry_twice", number, subject=code, numbers={"first": found.codes[code]})
    found.codes[code] = number
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in _AREAS:
        return found.add("geometry_no_area", number, subject=code, numbers={"type": str(kind)})
    drawn = _shape(geometry)
    if drawn is None or drawn.is_empty:
        return found.add("geometry_broken", number, subject=code)
    return _accept(found, Area(code, number, drawn, properties))


def _accept(found: Areas, area: Area) -> None:
    west, south, east, north = area.shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        found.add("geometry_not_degrees", area.number, subject=area.code, numbers={"x": west, "y": south})
        return
    drawn = area.shape
    if not drawn.is_valid:
        drawn = _mended(drawn)
        found.add("geometry_mended", area.number, subject=area.code, warn=True)
    if drawn.is_empty or drawn.area == 0:
        found.add("geometry_broken", area.number, subject=area.code)
        return
    if len(shapely.get_parts(drawn)) > 1:
        found.multipart.append(area.code)
    found.areas.append(Area(area.code, area.number, drawn, area.properties))


def _code(value: Json) -> str:
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _shape(geometry: dict[str, Json]) -> BaseGeometry | None:
    try:
        with np.errstate(invalid="ignore"):
            drawn = shapely.force_2d(shape(geometry))
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, shapely.errors.ShapelyError):
        return None
    return drawn if np.isfinite(shapely.get_coordinates(drawn)).all() else None


def _mended(drawn: BaseGeometry) -> BaseGeometry:
    """Return the areas of the mended shape; lines and points that mending leaves over are dropped."""
    parts = [p for p in shapely.get_parts(shapely.make_valid(drawn)) if p.geom_type in _AREAS]
    return shapely.union_all(parts)
