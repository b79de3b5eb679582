"""Load a built-in data set through the same readers as any other file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path

from orgraph.datasets.dataset import Dataset, Figure
from orgraph.errors import NotFound
from orgraph.exchange import read_graph
from orgraph.findings import Json
from orgraph.graph import OrgGraph, Value
from orgraph.messages import Text, keys, text

_DESCRIPTION = "dataset.toml"


def names() -> tuple[str, ...]:
    """Return the names of all data sets, in alphabetical order."""
    folder = files("orgraph.datasets") / "data"
    return tuple(sorted(entry.name for entry in folder.iterdir() if (entry / _DESCRIPTION).is_file()))


def load(name: str) -> Dataset:
    """Return a data set by name.

    Raises
    ------
    NotFound
        ``dataset_unknown`` when there is none of that name.
    """
    if name not in names():
        raise NotFound("dataset_unknown", name=name, names=[*names()])
    with as_file(files("orgraph.datasets") / "data" / name) as folder:
        return _load(name, folder)


def _load(name: str, folder: Path) -> Dataset:
    description = tomllib.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))
    read = read_graph([folder / file for file in description["files"]])
    attribution = text(f"datasets.{name}.attribution")
    return Dataset(
        name=name,
        title=text(f"datasets.{name}.title"),
        graph=_with_provenance(
            read,
            {
                "dataset": name,
                "country": description["country"],
                "attribution": attribution.en,
                "attribution_zh": attribution.zh,
                "as_of": description["as_of"],
            },
        ),
        settings=description["settings"],
        compare=tuple(description.get("compare", ())),
        attribution=attribution,
        published=_figures(name, description.get("published", {})),
        notes=_notes(name),
    )


def _with_provenance(graph: OrgGraph, further: Mapping[str, Value]) -> OrgGraph:
    return OrgGraph(graph.networkx, {**graph.provenance, **further})


def _figures(name: str, published: Mapping[str, Mapping[str, Json]]) -> Mapping[str, Figure]:
    return {
        key: Figure(
            value=figure["value"],
            unit=str(figure["unit"]),
            text=text(f"datasets.{name}.figure.{key}"),
            note=_optional(f"datasets.{name}.remark.{key}"),
        )
        for key, figure in published.items()
    }


def _optional(key: str) -> Text | None:
    return text(key) if key in keys("en") else None


def _notes(name: str) -> tuple[Text, ...]:
    prefix = f"datasets.{name}.note."
    return tuple(text(key) for key in keys("en") if key.startswith(prefix))
